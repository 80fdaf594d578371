from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.people.choices import (
    ExpertCategory,
    ExpertState,
    Purpose,
    Relation,
    Sex,
    TieKind,
)
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models_base import Identified, Provenanced, Searchable
from zhiqiao.core.row_security import any_of, has_role, is_body, is_person

STAFF = (Role.BUREAU_CLERK, Role.BUREAU_LEAD)
OF_OWN_PERSON = (
    "person_id IN (SELECT id FROM people_person WHERE "  # noqa: S608 - a model's own words
    + any_of(is_person("account_id"), is_body("keeper_id"))
    + ")"
)


class Person(Identified, Provenanced, Searchable):
    """A learner, teacher or other natural person, once, whatever they take part in.

    The identity number is sealed; a keyed digest finds it again, a hint shows three digits and the
    last four. The keeper is the school that keeps the person's file. A double points at the file that
    was kept.
    """

    row_security = any_of(has_role(STAFF), is_person("account_id"), is_body("keeper_id"))

    name = models.CharField(_("name"), max_length=100)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices, blank=True)
    born_on = models.DateField(_("born on"))
    identity_sealed = models.TextField(_("identity number"), editable=False)
    identity_index = models.CharField(max_length=64, editable=False)
    identity_hint = models.CharField(_("identity number"), max_length=18, editable=False)
    phone_sealed = models.TextField(_("telephone"), blank=True, editable=False)
    phone_hint = models.CharField(_("telephone"), max_length=20, blank=True, editable=False)
    keeper = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people_kept",
        verbose_name=_("school that keeps the file"),
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="doubles",
        verbose_name=_("joined with"),
    )
    registered_at = models.DateTimeField(_("file opened at"))

    class Meta(Searchable.Meta):
        ordering = ["name_key", "id"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(name="person_by_identity", fields=["identity_index"]),
            models.Index(name="person_by_keeper", fields=["keeper", "name_key", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="person_identity_once",
                fields=["identity_index"],
                condition=models.Q(merged_into__isnull=True)
                & ~models.Q(provenance=Provenance.DEMONSTRATION),
            ),
            models.UniqueConstraint(
                name="person_identity_once_in_demonstration",
                fields=["identity_index"],
                condition=models.Q(merged_into__isnull=True, provenance=Provenance.DEMONSTRATION),
            ),
            models.CheckConstraint(
                name="person_sex_is_known", condition=models.Q(sex__in=["", *Sex.values])
            ),
            models.CheckConstraint(
                name="person_is_not_merged_into_itself",
                condition=models.Q(merged_into__isnull=True)
                | ~models.Q(merged_into=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("people:person", args=[self.uid])


class Guardian(Identified):
    """Who answers for a minor: told of what concerns the child, and asked for consent."""

    row_security = any_of(has_role(STAFF), OF_OWN_PERSON)

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="guardians", verbose_name=_("child")
    )
    name = models.CharField(_("name"), max_length=100)
    relation = models.CharField(_("relation"), max_length=6, choices=Relation.choices)
    phone_sealed = models.TextField(_("telephone"), blank=True, editable=False)
    phone_hint = models.CharField(_("telephone"), max_length=20, blank=True, editable=False)
    added_at = models.DateTimeField(_("entered at"))

    class Meta:
        ordering = ["person_id", "id"]
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")
        constraints = [
            models.CheckConstraint(
                name="guardian_relation_is_known",
                condition=models.Q(relation__in=Relation.values),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Consent(Identified):
    """What a person agreed to, or a guardian for a minor, until it is withdrawn."""

    row_security = any_of(has_role(STAFF), OF_OWN_PERSON)

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="consents", verbose_name=_("person")
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    guardian = models.ForeignKey(
        Guardian,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("given by the guardian"),
    )
    given_at = models.DateTimeField(_("given at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        ordering = ["person_id", "-given_at"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                name="consent_given_once",
                fields=["person", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="consent_purpose_is_known", condition=models.Q(purpose__in=Purpose.values)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.person_id}"


class Expert(Identified, Provenanced):
    """A person whom the bureau may ask to judge: what of, for whom they work, how much they take on.

    ``fields`` are codes of majors, industries or other catalogues; a longer code is a narrower field.
    """

    row_security = any_of(
        has_role(STAFF),
        f"person_id IN (SELECT id FROM people_person WHERE {is_person('account_id')})",  # noqa: S608 - a model's own words
    )

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="expert", verbose_name=_("person")
    )
    category = models.CharField(
        _("where the expert comes from"), max_length=16, choices=ExpertCategory.choices
    )
    title = models.CharField(_("professional title"), max_length=100, blank=True)
    employer = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="experts",
        verbose_name=_("employer"),
    )
    employer_text = models.CharField(_("employer as written"), max_length=200, blank=True)
    region = models.ForeignKey(
        "registry.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("works in"),
    )
    fields = ArrayField(
        models.CharField(max_length=16), default=list, blank=True, verbose_name=_("codes of fields")
    )
    topics = models.CharField(_("fields in words"), max_length=300, blank=True)
    most_reviews = models.PositiveSmallIntegerField(_("reviews at most in a call"), default=20)
    state = models.CharField(
        _("state of the expert"),
        max_length=8,
        choices=ExpertState.choices,
        default=ExpertState.ACTIVE,
    )
    entered_at = models.DateTimeField(_("entered at"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["person__name_key", "id"]
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        indexes = [
            models.Index(name="expert_by_state", fields=["state", "category"]),
            models.Index(name="expert_by_employer", fields=["employer"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="expert_category_is_known",
                condition=models.Q(category__in=ExpertCategory.values),
            ),
            models.CheckConstraint(
                name="expert_state_is_known", condition=models.Q(state__in=ExpertState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("people:expert", args=[self.uid])


class ExpertTie(Identified):
    """Something that may make an expert partial, from when until when: a body or a person.

    The present employer stands with the expert; former ones, joint works and relations stand here.
    """

    row_security = any_of(
        has_role(STAFF),
        "expert_id IN (SELECT expert.id FROM people_expert expert "  # noqa: S608 - a model's own words
        "JOIN people_person person ON person.id = expert.person_id "
        f"WHERE {is_person('person.account_id')})",
    )

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="ties")
    kind = models.CharField(_("kind of tie"), max_length=16, choices=TieKind.choices)
    organisation = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    identity_index = models.CharField(max_length=64, blank=True, editable=False)
    words = models.CharField(_("in words"), max_length=300, blank=True)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    declared_at = models.DateTimeField(_("declared at"))

    class Meta:
        ordering = ["expert_id", "id"]
        verbose_name = _("tie of an expert")
        verbose_name_plural = _("ties of experts")
        indexes = [models.Index(name="expert_tie_identity", fields=["identity_index"])]
        constraints = [
            models.CheckConstraint(
                name="expert_tie_kind_is_known", condition=models.Q(kind__in=TieKind.values)
            ),
            models.CheckConstraint(
                name="expert_tie_days_in_order",
                condition=models.Q(from_on__isnull=True)
                | models.Q(until_on__isnull=True)
                | models.Q(from_on__lte=models.F("until_on")),
            ),
            models.CheckConstraint(
                name="expert_tie_is_with_somebody",
                condition=models.Q(organisation__isnull=False)
                | ~models.Q(identity_index="")
                | ~models.Q(words=""),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.expert_id}: {self.kind}"
