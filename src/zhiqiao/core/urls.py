from django.urls import path

from zhiqiao.core.health import healthz, readyz
from zhiqiao.core.metrics.views import show_metrics

app_name = "core"

urlpatterns = [
    path("healthz", healthz, name="health"),
    path("readyz", readyz, name="ready"),
    path("metrics", show_metrics, name="metrics"),
]
