"""The page that checks one's own leaf: on a phone's width, from a server and from a file, sending nothing."""

import functools
import http.server
import json
import threading
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from tests.e2e.test_look import overflow, violations
from zhiqiao.config.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "allocation"
PAGE = ROOT / "verifier" / "leaf.html"
PARTS = {"leaf.html", "leaf.css", "leaf.js"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_words):
        pass


@pytest.fixture(scope="module")
def served():
    """Serve the folder of the verifier on this machine."""
    own = functools.partial(Quiet, directory=str(PAGE.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/leaf.html"
        server.shutdown()


@pytest.fixture(params=["from a server", "from a file"])
def address(request, served):
    return served if request.param == "from a server" else PAGE.as_uri()


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    out = tmp_path_factory.mktemp("leaf") / "out"
    done = CliRunner().invoke(main, ["allocate", "solve", str(EXAMPLE), "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture
def opened(page, address):
    """The page as a phone shows it, cut off from the network once it is there, with its requests."""
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    page.get_by_role("button", name="English").click()
    page.context.set_offline(True)
    return page, requests


def leaf_of(result, candidate):
    salts = pl.read_csv(result / "salts.csv", infer_schema=False)
    row = salts.row(by_predicate=pl.col("candidate") == candidate, named=True)
    return {"salt": row["salt"], "content": row["content"]}


def choose(page, result, leaf, **changed):
    """Choose the three files; ``changed`` replaces the text of one of them."""
    texts = {
        "bundle": (result / "bundle.json").read_text(encoding="utf-8"),
        "leaves": (result / "leaves.txt").read_text(encoding="utf-8"),
        "leaf": json.dumps(leaf),
    } | changed
    for name, text in texts.items():
        file = {"name": f"{name}.json", "mimeType": "text/plain", "buffer": text.encode()}
        page.locator(f"#{name}").set_input_files(file)


def check(page):
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).not_to_contain_text("Computing", use_inner_text=True)


def findings(page):
    return page.locator("#findings li.wrong").all_inner_texts()


def told(page):
    return page.locator("#choices tbody tr td:last-child").all_inner_texts()


def test_own_leaf_holds_and_no_request_leaves_the_page(opened, result):
    page, requests = opened
    choose(page, result, leaf_of(result, "1004"))
    page.get_by_label("1. Z02-护理").fill("650")
    check(page)
    expect(page.locator("#verdict")).to_have_text(
        "Everything that can be checked holds.", use_inner_text=True
    )
    assert told(page) == ["below the cutoff: agrees", "the result"]
    root = json.loads((result / "bundle.json").read_text(encoding="utf-8"))["leaves"]["root"]
    expect(page.locator("#root")).to_have_text(root, use_inner_text=True)
    assert {url.rpartition("/")[2] for url in requests} == PARTS
    assert len(requests) == len(PARTS)


def test_it_fits_a_phone_is_accessible_and_speaks_chinese_first(page, served, result):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(served)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "核对我的录取凭据", use_inner_text=True
    )
    expect(page.get_by_text("本页不能证明什么")).to_be_visible()
    choose(page, result, leaf_of(result, "1006"))
    page.get_by_role("button", name="核对").click()
    expect(page.locator("#verdict")).to_have_text("能核对的内容全部相符。", use_inner_text=True)
    assert overflow(page) <= 0
    page.evaluate("document.querySelector('meta[http-equiv]').remove()")
    assert violations(page) == []


def test_it_runs_from_the_site_by_the_policy_of_the_site(page, site, result):
    faults = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{site.address}/verifier/leaf.html")
    page.get_by_role("button", name="English").click()
    page.context.set_offline(True)
    choose(page, result, leaf_of(result, "1004"))
    check(page)
    expect(page.locator("#verdict")).to_have_text(
        "Everything that can be checked holds.", use_inner_text=True
    )
    assert faults == []


@pytest.mark.parametrize(
    ("before", "after"),
    [('"programme":"Z01-焊接五年制"', '"programme":"Z02-护理"'), ("below-cutoff", "struck-out")],
)
def test_tampered_leaf_is_refused(opened, result, before, after):
    page, _requests = opened
    leaf = leaf_of(result, "1004")
    leaf["content"] = leaf["content"].replace(before, after)
    choose(page, result, leaf)
    check(page)
    assert "Your leaf is not among the published leaves." in findings(page)
    expect(page.locator("#verdict")).to_contain_text("Something is wrong.", use_inner_text=True)


def test_another_salt_is_refused(opened, result):
    page, _requests = opened
    choose(page, result, leaf_of(result, "1004") | {"salt": "00" * 32})
    check(page)
    assert findings(page) == ["Your leaf is not among the published leaves."]


def test_removed_added_or_moved_leaves_are_found(opened, result):
    page, _requests = opened
    lines = (result / "leaves.txt").read_text(encoding="utf-8").split()
    fewer = [line for line in lines if line != lines[-1]]
    for changed in (fewer, [*lines, lines[-1]], lines[::-1]):
        choose(page, result, leaf_of(result, "1001"), leaves="\n".join(changed))
        check(page)
        assert {
            "The root of the leaves is not that of the bundle.",
            "The leaves are not sorted, one stands there twice, or their number is not that of the bundle.",
        } <= set(findings(page))


@pytest.mark.parametrize(
    ("score", "said"),
    [
        ("685.1", "you meet the cutoff: wrong"),
        ("685", "equal to the cutoff; further keys decide, not checked"),
        ("684.999999", "below the cutoff: agrees"),
        ("9", "below the cutoff: agrees"),
        ("", "no score given, not checked"),
    ],
)
def test_own_score_is_compared_exactly(opened, result, score, said):
    page, _requests = opened
    choose(page, result, leaf_of(result, "1004"))
    page.get_by_label("1. Z02-护理").fill(score)
    check(page)
    assert told(page)[0] == said
    assert bool(findings(page)) == ("wrong" in said)


@pytest.mark.parametrize(
    ("mode", "score", "said"),
    [
        ("open-first", "629", "below the cutoff, yet admitted: wrong"),
        ("open-first", "630", "the result"),
        ("prefix", "629", "the result"),
    ],
)
def test_result_below_every_cutoff_of_its_programme_is_found(opened, result, mode, score, said):
    page, _requests = opened
    bundle = json.loads((result / "bundle.json").read_text(encoding="utf-8"))
    bundle["rules"]["text"]["reserves"]["rural"]["mode"] = mode
    choose(page, result, leaf_of(result, "1005"), bundle=json.dumps(bundle))
    page.get_by_label("1. Z02-护理").fill(score)
    check(page)
    assert told(page)[0] == said


def test_cutoff_that_would_have_admitted_is_found(opened, result):
    page, _requests = opened
    bundle = json.loads((result / "bundle.json").read_text(encoding="utf-8"))
    for line in bundle["lines"]:
        line["cutoff"] = None
    choose(page, result, leaf_of(result, "1004"), bundle=json.dumps(bundle))
    check(page)
    assert told(page)[0] == "places left, not admitted: wrong"


def test_scores_are_not_compared_where_lower_is_better(opened, result):
    page, _requests = opened
    bundle = json.loads((result / "bundle.json").read_text(encoding="utf-8"))
    bundle["rules"]["text"]["keys"]["default"] = ["-time"]
    choose(page, result, leaf_of(result, "1004"), bundle=json.dumps(bundle))
    page.get_by_label("1. Z02-护理").fill("700")
    check(page)
    assert told(page)[0] == "no score given, not checked"
    expect(page.locator("#findings")).to_contain_text(
        "do not all rank higher scores first", use_inner_text=True
    )


BAD = {
    "bundle": ("{}", "bundle.json is no bundle of this format."),
    "leaves": ("<script>", "a line of leaves.txt is no leaf."),
    "leaf": ('{"salt": "xy", "content": "{}"}', "my-leaf.json has no salt and content."),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_said(opened, result, name):
    page, _requests = opened
    text, said = BAD[name]
    choose(page, result, leaf_of(result, "1004"))
    file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    page.locator(f"#{name}").set_input_files(file)
    check(page)
    expect(page.locator("#verdict")).to_have_text(f"Cannot be checked: {said}", use_inner_text=True)


def test_names_in_a_leaf_are_shown_as_text(opened, result):
    page, _requests = opened
    content = json.dumps(
        {"candidate": "1", "choices": [[1, "<img src=x>", "<b>"]], "programme": None}
    )
    choose(page, result, {"salt": "00", "content": content})
    check(page)
    expect(page.locator("#choices tbody td").first).to_have_text(
        "1. <img src=x>", use_inner_text=True
    )
    assert page.locator("#choices img, #choices b, #scores img").count() == 0
