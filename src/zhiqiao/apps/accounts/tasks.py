"""What is tidied up by the clock."""

from zhiqiao.apps.accounts.actions import forget_answers
from zhiqiao.core.jobs import MORNING, upkeep

upkeep("accounts.kept_answers", cron=MORNING)(forget_answers)
