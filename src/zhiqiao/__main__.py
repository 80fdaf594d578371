"""``python -m zhiqiao`` is the command ``zhiqiao``."""

from zhiqiao.config.cli import main

main()
