"""How fast the platform is, measured by scripts that anybody can run again."""
