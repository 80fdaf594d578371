"""What is tidied up by the clock."""

from zhiqiao.apps.accounts.actions import end_expired_tokens, forget_answers
from zhiqiao.core.jobs import MORNING, upkeep

upkeep("accounts.expired_tokens", cron=MORNING)(end_expired_tokens)
upkeep("accounts.kept_answers", cron=MORNING)(forget_answers)
