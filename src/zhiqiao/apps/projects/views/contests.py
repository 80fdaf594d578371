"""Reviews in conflict that were handed in already: deciding, signing, taking back; for the bureau alone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiqiao.apps.projects.actions.contests import decide_contest, refuse_contest, sign_contest
from zhiqiao.apps.projects.forms.reviews import ContestForm, ReasonForm
from zhiqiao.apps.projects.models import Review
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, staff_only
from zhiqiao.apps.projects.views.reviews import review_of_bureau
from zhiqiao.core.answering import attempted


@staff_only
@require_http_methods(FORM_METHODS)
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = review_of_bureau(request, uid), ContestForm(posted(request))
    asked = _about(
        review, _("Decide on a review in conflict"), _("It is done, or waits for the second person who signs.")
    )  # fmt: skip

    def write() -> None:
        given = form.cleaned_data
        sets_aside = given["decision"] == ContestForm.SETS_ASIDE
        decide_contest(review, sets_aside=sets_aside, reason=given["reason"], actor=request.user)

    return answered(request, form, write, asked)


@staff_only
@require_POST
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    review = review_of_bureau(request, uid)
    return attempted(
        request,
        lambda: sign_contest(review, actor=request.user),
        done=_("The decision on the review holds now."),
        back=_scores(review),
    )


@staff_only
@require_http_methods(FORM_METHODS)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = review_of_bureau(request, uid), ReasonForm(posted(request))
    asked = _about(review, _("Take the decision back"), _("The review waits for a decision again."))
    return answered(
        request,
        form,
        lambda: refuse_contest(review, **form.cleaned_data, actor=request.user),
        asked,
    )


def _about(review: Review, title: str, done: str) -> Asked:
    advice = _("The official score is worked out anew without reviews that are set aside.")
    subject = f"{review.application.number}/{review.letter}"
    return Asked(title, _("Save"), done, review.application.call, _scores(review), advice, subject)


def _scores(review: Review) -> str:
    return reverse("projects:scores", args=[review.application.call.uid])
