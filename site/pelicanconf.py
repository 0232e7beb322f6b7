"""The site's settings; whoever builds it overrides ROBOT_DATA, OUTPUT_PATH and SITEURL."""

from pathlib import Path

HERE = Path(__file__).resolve().parent

SITENAME = "TradingRobotPlug"
SITESUBTITLE = "Trading robots that never trade"
SITEURL = ""
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
LOCALE = ["C"]
DEFAULT_DATE_FORMAT = "%Y-%m-%d"

PATH = str(HERE / "content")
OUTPUT_PATH = str(HERE / "output")
THEME = str(HERE / "theme")
CHANGELOG = str(HERE.parent / "CHANGELOG.md")
ROBOT_DATA = str(HERE.parent / ".local" / "published")
# The robots whose pages are out of date, or "all" for every page of the site.
DIRTY_SLUGS = "all"
# Whose record the home page shows: fixed, so that it is never chosen by its luck.
FEATURED_ROBOT = "sma-cross"

PLUGIN_PATHS = [str(HERE / "plugins")]
PLUGINS = [
    "numerals",
    "sparklines",
    "formulas",
    "highlighting",
    "prose",
    "fingerprints",
    "favicon",
    "robot_pages",
    "dashboard_page",
    "head",
    "twins",
    "robot_twins",
    "icons",
    "notebooks",
    "cards",
    "feed",
    "search",
    "documentation",
    "strategy_pages",
    "api_kinds",
    "api_examples",
    "api_reference",
    "addresses",
]

# Robots have names and descriptions that their authors wrote.
JINJA_ENVIRONMENT = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}

PAGE_PATHS = ["pages", "docs"]
PATH_METADATA = r"(?:pages/|decisions/)?(?P<slug>.+?)\.md"
PAGE_URL = "{slug}/"
PAGE_SAVE_AS = "{slug}/index.html"
PAGE_ORDER_BY = "order"
ARTICLE_PATHS = ["decisions"]
ARTICLE_URL = "docs/decisions/{slug}/"
ARTICLE_SAVE_AS = "docs/decisions/{slug}/index.html"
ARTICLE_ORDER_BY = "slug"
DEFAULT_METADATA = {"order": "50"}
USE_FOLDER_AS_CATEGORY = False
DIRECT_TEMPLATES = ["docs", "decisions"]
DOCS_SAVE_AS = "docs/index.html"
DECISIONS_SAVE_AS = "docs/decisions/index.html"
STATIC_PATHS: list[str] = []
THEME_STATIC_PATHS: list[str] = []
TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None

MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "code", "guess_lang": False},
        "markdown.extensions.extra": {},
        "markdown.extensions.meta": {},
        "markdown.extensions.toc": {"toc_depth": "2-3"},
    },
    "output_format": "html5",
}
