from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhiqiao.apps.admissions.queries import candidacies_of
from zhiqiao.apps.portal.queries.audit import recent_work_of
from zhiqiao.apps.portal.queries.workspace import open_imports_of, roles_and_places, tasks_for
from zhiqiao.core.imports.queries import specs_visible_to


@require_safe
@login_required
def show_workspace(request: HttpRequest) -> HttpResponse:
    user, tasks = request.user, tasks_for(request.user)
    context = {
        "tasks": tasks,
        "is_candidate": not tasks and bool(candidacies_of(user)),
        "roles": roles_and_places(user),
        "imports": open_imports_of(user),
        "specs": specs_visible_to(user),
        "recent": recent_work_of(user),
    }
    return render(request, "portal/workspace.html", context)
