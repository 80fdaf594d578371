"""The platform's addresses with one bare view more, for the comparison."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from zhiqiao.config.urls import urlpatterns as product


def bare(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


urlpatterns = [path("bare/", bare), *product]
