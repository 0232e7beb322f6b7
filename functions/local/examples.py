"""Examples of every command; --help and the docs show them, and the tests run each.

They are typed one after the other in one folder: what an earlier one wrote, a later one reads.
"""

OF = {
    "robotplug": (
        "robotplug new above_average",
        "robotplug backtest above_average.py --plot",
        "robotplug --version",
    ),
    "robotplug new": (
        "robotplug new my_strategy",
        "robotplug new my_orders --orders",
    ),
    "robotplug check": (
        "robotplug check my_strategy.py",
        "robotplug check sma_cross --set fast=20 --symbols AAPL,IBM --end 2003-12-31",
    ),
    "robotplug backtest": (
        "robotplug backtest sma_cross --symbols AAPL,MSFT --start 2005-01-01 --set fast=20",
        "robotplug backtest my_strategy.py --report report.html --save mine.run",
        "robotplug backtest buy_and_hold --cost-model lean --metrics cagr,max_drawdown --json",
    ),
    "robotplug compare": (
        "robotplug compare sma_cross sma_cross:fast=20,slow=100 --symbols AAPL",
        "robotplug compare mine.run buy_and_hold --report compared.html",
    ),
    "robotplug show": (
        "robotplug show mine.run --plot",
        "robotplug show mine.run --metrics sharpe_ratio,win_rate --json",
    ),
    "robotplug strategies": (
        "robotplug strategies",
        "robotplug strategies rsi_reversion",
    ),
    "robotplug symbols": (
        "robotplug symbols",
        "robotplug symbols IBM --json",
    ),
    "robotplug metrics": (
        "robotplug metrics",
        "robotplug metrics sharpe_ratio",
    ),
    "robotplug costs": ("robotplug costs",),
    "robotplug robots": (
        "robotplug robots",
        "robotplug robots sma-cross --json",
    ),
    "robotplug run": (
        "robotplug run",
        "robotplug run --port 8001 --pace 1",
        "robotplug run --provider yahoo --symbols SPY,QQQ",
    ),
    "robotplug doctor": (
        "robotplug doctor",
        "robotplug doctor --json",
    ),
    "robotplug rebuild": ("robotplug rebuild",),
    "robotplug clean": ("robotplug clean",),
    "robotplug verify": (
        "robotplug verify sma-cross",
        "robotplug verify sma-cross --json",
    ),
    "robotplug reproduce": ("robotplug reproduce sma-cross",),
    "robotplug data": ("robotplug data status",),
    "robotplug data import": (
        "robotplug data import --provider files --data-folder bars --symbols ACME --folder own",
        "robotplug data import --data-folder bars --from 2024-06-10 --folder own --json",
    ),
    "robotplug data status": (
        "robotplug data status",
        "robotplug data status --folder own --json",
    ),
    "robotplug data gaps": (
        "robotplug data gaps IBM",
        "robotplug data gaps ACME --folder own --json",
    ),
}
"""By the command as it is typed."""
