from django.urls import path

from zhiqiao.apps.plan import views

app_name = "plan"
urlpatterns = [
    path("board/", views.show_board, name="board"),
    path("board/print/", views.print_board, name="board_print"),
    path("board/compare/", views.compare_boards, name="compare"),
    path("board/wall/", views.show_wall, name="wall"),
    path("board.json", views.download_board, name="board_json"),
    path("articles/", views.list_articles, name="articles"),
    path("articles/<str:article_id>/", views.show_article, name="article"),
    path("targets/<str:target_id>/", views.show_target, name="target"),
    path("targets/<str:target_id>/bodies/<uuid:uid>/", views.show_part, name="part"),
    path("duties/", views.list_duties, name="duties"),
    path("mechanisms/", views.list_mechanisms, name="mechanisms"),
    path("freezes/", views.list_freezes, name="freezes"),
    path("freezes/<uuid:uid>/", views.show_freeze, name="freeze"),
    path("published-figures/", views.list_published_figures, name="published_figures"),
    path("tasks/", views.list_tasks, name="tasks"),
    path("tasks/ledger.xlsx", views.download_ledger, name="ledger"),
    path("tasks/take-up/", views.take_up, name="take_up"),
    path("tasks/new/", views.open_matter, name="open_matter"),
    path("tasks/overview/", views.list_obligations_of_all, name="overview"),
    path("tasks/progress/", views.print_progress, name="progress"),
    path("tasks/<uuid:uid>/", views.show_task, name="task"),
    path("tasks/<uuid:uid>/assign/", views.assign, name="assign"),
    path("tasks/<uuid:uid>/close/", views.close_task, name="close_task"),
    path("task-parts/<uuid:uid>/end/", views.end_part, name="end_part"),
    path("task-parts/<uuid:uid>/person/", views.put_in_charge, name="put_in_charge"),
    path("task-parts/<uuid:uid>/view/", views.write_view, name="write_view"),
    path("task-parts/<uuid:uid>/ask/<slug:step>/", views.take_step, name="take_step"),
    path("task-parts/<uuid:uid>/reports/<str:period>/", views.write_report, name="write_report"),
    path("obligations/", views.list_obligations, name="obligations"),
    path("reports/<uuid:uid>/", views.show_report, name="report"),
    path("reports/<uuid:uid>/hand-in/", views.hand_in, name="hand_in"),
    path("supervisions/<uuid:uid>/answer/", views.answer, name="answer"),
]
