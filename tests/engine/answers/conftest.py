"""What is run by hand to record an answer is no test."""

collect_ignore = ["record_backtesting.py"]
