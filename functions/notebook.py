"""What a notebook imports: a backtest whose result shows itself."""
