"""The platform's addresses with one bare view more, which knows who asks, for the comparison."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from zhiqiao.config.urls import urlpatterns as product


def bare(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"signed_in": request.user.is_authenticated})


urlpatterns = [path("bare/", bare), *product]
