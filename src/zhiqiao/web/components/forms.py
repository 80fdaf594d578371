"""Form fields in one column: label, help, errors, input."""

from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiqiao.web.components.icons import icon


def field(bound: BoundField) -> SafeString:
    """Return one field with everything that belongs to it, tied together for screen readers."""
    if bound.is_hidden:
        return format_html("{}{}", bound, _errors(bound))
    if bound.use_fieldset:
        return _group(bound)
    if getattr(bound.field.widget, "input_type", "") == "checkbox":
        return _tick(bound)
    return format_html(
        '<div class="field{}"><label class="field__label" for="{}">{}{}</label>{}{}{}</div>',
        _error_class(bound),
        bound.id_for_label,
        bound.label,
        _optional(bound),
        _help(bound),
        _errors(bound),
        bound,
    )


def error_summary(form: BaseForm) -> SafeString | str:
    """Return the box above a form that lists every error and leads to its field."""
    if not form.errors:
        return ""
    items = [
        *(("#main", error) for error in form.non_field_errors()),
        *(
            (
                f"#{form[name].id_for_label or form[name].auto_id}",
                _("%(field)s: %(error)s") % {"field": form[name].label, "error": error},
            )
            for name, errors in form.errors.items()
            if name in form.fields
            for error in errors
        ),
    ]
    return format_html(
        '<div class="error-summary" role="alert" tabindex="-1"><h2 class="error-summary__title">'
        '{}{}</h2><ul class="error-summary__list">{}</ul></div>',
        icon("warning"),
        _("Please correct this first"),
        format_html_join("", '<li><a href="{}">{}</a></li>', items),
    )


def _group(bound: BoundField) -> SafeString:
    return format_html(
        '<fieldset class="field{}" aria-describedby="{}"><legend class="field__label">{}{}</legend>'
        "{}{}{}</fieldset>",
        _error_class(bound),
        bound.aria_describedby or "",
        bound.label,
        _optional(bound),
        _help(bound),
        _errors(bound),
        bound,
    )


def _tick(bound: BoundField) -> SafeString:
    return format_html(
        '<div class="field field--tick{}">{}{}<label for="{}">{}</label>{}</div>',
        _error_class(bound),
        _errors(bound),
        bound,
        bound.id_for_label,
        bound.label,
        _help(bound),
    )


def _error_class(bound: BoundField) -> str:
    return " field--error" if bound.errors else ""


def _optional(bound: BoundField) -> SafeString | str:
    if bound.field.required:
        return ""
    return format_html(' <span class="field__optional">{}</span>', _("(optional)"))


def _help(bound: BoundField) -> SafeString | str:
    if not bound.help_text:
        return ""
    return format_html(
        '<p class="field__help" id="{}_helptext">{}</p>', bound.auto_id, bound.help_text
    )


def _errors(bound: BoundField) -> SafeString | str:
    if not bound.errors:
        return ""
    return format_html(
        '<div class="field__errors" id="{}_error">{}</div>',
        bound.auto_id,
        format_html_join("", "<p>{}{}</p>", ((icon("warning"), error) for error in bound.errors)),
    )
