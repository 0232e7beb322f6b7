"""What measures the pages sees what is wrong with one."""

import pytest

from tests.budgets.looking import looking
from tests.budgets.places import OWN_TEMPLATES, ROOT, kinds_of, paths_of, serving, worth_seeing
from tests.budgets.visits import visits, without_scripts
from tests.budgets.vitals import vitals

BAD = """<!doctype html><html lang="en"><head><title>Bad</title></head><body><main>
<p id="said"></p><img src="https://nobody.example/a.png"><div style="width:3000px">wide</div>
<script>document.body.append("inline")</script><script src="/late.js"></script></main></body>
</html>"""
GOOD = """<!doctype html><html lang="en"><head><title>Good</title></head>
<body><main><h1>Good</h1><p>All of it is here.</p></main></body></html>"""
LATE = """const said = document.getElementById("said");
said.textContent = "Words that only a script has written. ".repeat(20);
const push = Object.assign(document.createElement("p"), {textContent: "push"});
setTimeout(() => said.before(push), 900);
"""


@pytest.fixture
def address(tmp_path):
    for name, text in {
        "404.html": GOOD,
        "good/index.html": GOOD,
        "bad/index.html": BAD,
        "late.js": LATE,
        "sitemap.xml": "<loc>https://a.example/sitemap-a.xml</loc>",
        "sitemap-a.xml": "<loc>https://a.example/good/</loc><loc>https://a.example/bad/</loc>",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    with serving(tmp_path, tmp_path) as address:
        yield address


def kept(findings) -> dict[str, bool | None]:
    return {finding.what: finding.kept for finding in findings}


def test_every_fault_of_a_page_is_found(chromium, address):
    found = kept(visits(chromium, address, ["/bad/"]))
    assert [what for what, fine in found.items() if fine] == []
    assert len(found) == 6


def test_a_sound_page_has_none(chromium, address):
    assert False not in kept(visits(chromium, address, ["/good/"])).values()
    assert False not in kept(without_scripts(chromium, address, ["/good/"])).values()


def test_words_that_need_a_script_are_missed(chromium, address):
    [finding] = without_scripts(chromium, address, ["/good/", "/bad/"])
    assert finding.kept is False
    assert "/bad/ says" in finding.details[0]


def test_what_moves_is_seen(chromium, address):
    found = {one.what: one for one in vitals(chromium, address, ["/bad/"])}
    assert found["layout shift of /bad/"].kept is False
    assert found["layout shift of /bad/"].details


def test_bytes_over_the_wire_are_counted(chromium, address):
    with looking(chromium, address, "/good/") as look:
        look.page.wait_for_timeout(200)
        assert len(GOOD) < look.bytes_but_charts() < len(GOOD) + 2_000


def test_pages_are_found_by_the_sitemap(address):
    assert paths_of(address) == ["/good/", "/bad/", "/no/such/page/"]
    assert kinds_of(["/docs/a/", "/docs/b/", "/docs/api/"]) == ["/docs/a/", "/docs/api/"]


PATHS = [
    *("/", "/robots/buy-and-hold/", "/robots/buy-and-hold/parity/", "/robots/sma-cross/"),
    *("/robots/sma-cross/parity/", "/strategies/buy_and_hold/", "/strategies/sma_cross/"),
    *("/docs/about/", "/docs/strategy-api/", "/docs/decisions/a/", "/docs/decisions/b/"),
]


def test_of_each_kind_the_page_with_most_to_show_is_taken():
    assert kinds_of(PATHS) == [
        *("/", "/robots/sma-cross/", "/robots/sma-cross/parity/"),
        *("/strategies/sma_cross/", "/docs/strategy-api/", "/docs/decisions/a/"),
    ]


def test_every_page_of_words_is_worth_seeing():
    shown = worth_seeing(PATHS)
    assert [path for path in PATHS if path.startswith("/docs/")] == shown[-4:]
    assert "/robots/buy-and-hold/" not in shown


def test_pages_with_their_own_template_are_there():
    templates = ROOT / "site/theme/templates"
    for name in OWN_TEMPLATES:
        assert (templates / f"{name}.html").is_file(), name
