from django.urls import path

from zhiqiao.apps.plan import views

app_name = "plan"
urlpatterns = [
    path("board/", views.show_board, name="board"),
    path("board/print/", views.print_board, name="board_print"),
    path("board/wall/", views.show_wall, name="wall"),
    path("board.json", views.download_board, name="board_json"),
    path("articles/", views.list_articles, name="articles"),
    path("articles/<str:article_id>/", views.show_article, name="article"),
    path("targets/<str:target_id>/", views.show_target, name="target"),
    path("duties/", views.list_duties, name="duties"),
    path("mechanisms/", views.list_mechanisms, name="mechanisms"),
    path("freezes/", views.list_freezes, name="freezes"),
    path("freezes/<uuid:uid>/", views.show_freeze, name="freeze"),
    path("published-figures/", views.list_published_figures, name="published_figures"),
]
