from django.urls import path

from zhiqiao.core.health import healthz

app_name = "core"

urlpatterns = [path("healthz", healthz, name="health")]
