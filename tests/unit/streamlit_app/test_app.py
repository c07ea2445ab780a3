"""The whole page without a browser: it runs, says what to do when nothing is published, and follows the pointer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from catalog.lake import Lake
from catalog.publication import Publication, UnknownPublicationError
from streamlit_app import source
from streamlit_app.registry import menu

APP = Path(source.__file__).with_name("app.py")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lake], AppTest]:
    def start(lake: Lake) -> AppTest:
        monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))
        return AppTest.from_file(str(APP), default_timeout=60).run()

    return start


def text_of(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def test_without_a_publication_the_page_says_how_to_make_one(run: Callable[[Lake], AppTest], lake: Lake) -> None:
    shown = text_of(run(lake))
    assert "尚无发布" in shown
    assert "make run" in shown


def test_a_damaged_publication_is_not_shown(
    run: Callable[[Lake], AppTest], lake: Lake, publish_again: Callable[..., Publication]
) -> None:
    manifest = publish_again(lake, index=None).folder / "manifest.json"
    manifest.chmod(0o644)
    sealed = manifest.read_text(encoding="utf-8")
    assert '"simulated": true' in sealed
    manifest.write_text(sealed.replace('"simulated": true', '"simulated": false'), encoding="utf-8")
    shown = text_of(run(lake))
    assert "当前发布无法读取" in shown
    assert "ecolake verify" in shown


def test_a_publication_of_other_code_is_named(
    lake: Lake, publish_again: Callable[..., Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_again(lake, index=None)
    monkeypatch.setitem(source.NEEDED, "table_of_tomorrow", ("x",))
    source._opened.clear()
    with pytest.raises(source.UnfitPublicationError, match=r"table_of_tomorrow \(x\).*publish again"):
        source.current_publication(lake)


def test_the_page_shows_the_publications_values(
    run: Callable[[Lake], AppTest], lake: Lake, publish_again: Callable[..., Publication]
) -> None:
    published = publish_again(lake, index=None)
    shown = text_of(run(lake).selectbox(key="province").set_value("330000").run())
    assert "模拟数据" in shown
    assert published.id in shown
    assert '<span class="number">27</span><span class="unit">微克/立方米</span>' in shown
    assert "设区市不齐：1/2 个市有值" in shown


def test_another_province_brings_its_own_cities(
    run: Callable[[Lake], AppTest], lake: Lake, publish_again: Callable[..., Publication]
) -> None:
    publish_again(lake, index=None)
    app = run(lake)
    assert [box.value for box in app.selectbox if box.label in ("省份", "设区市")] == ["320000", "320100"]
    app.selectbox(key="province").set_value("330000").run()
    assert app.selectbox(key="city").options == ["杭州市", "宁波市"]
    shown = text_of(app)
    assert "浙江省总体" in shown
    assert '<span class="number">27</span>' in shown


def test_the_page_follows_the_pointer_on_its_next_run(
    run: Callable[[Lake], AppTest], lake: Lake, publish_again: Callable[..., Publication]
) -> None:
    first = publish_again(lake, index=None)
    app = run(lake)
    app.selectbox(key="province").set_value("330000").run()
    assert '<span class="number">3.70</span>' in text_of(app)
    second = publish_again(lake, index="3.65")
    shown = text_of(app.run())
    assert second.id in shown
    assert first.id not in shown.replace(f"previous={first.id}", "")
    assert '<span class="number">3.65</span>' in shown
    assert '<span class="number">3.70</span>' not in shown


def test_a_newer_publication_is_offered_but_not_forced(
    monkeypatch: pytest.MonkeyPatch, lake: Lake, publish_again: Callable[..., Publication]
) -> None:
    def page() -> None:
        from catalog.lake import Lake
        from streamlit_app.components.frame import newer_notice

        newer_notice(Lake.from_env(), "20250101T000000Z-older")

    monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))
    newer = publish_again(lake, index=None)
    app = AppTest.from_function(page, default_timeout=60).run()
    assert [info.value for info in app.info] == [f"有新的发布：{newer.id}。本页仍显示 20250101T000000Z-older。"]
    assert [button.label for button in app.button] == ["查看新发布"]


def test_a_publication_that_is_gone_is_not_found(lake: Lake) -> None:
    with pytest.raises(UnknownPublicationError, match="nothing is published"):
        source.current_publication(lake)


def test_every_page_has_an_address_of_its_own(lake: Lake, publish_again: Callable[..., Publication]) -> None:
    pages = [page for group in menu(publish_again(lake, index=None)).values() for page in group]
    assert [page.title for page in pages] == ["浙里蓝天", "指标目录", "知识库", "数据质量", "关于本发布"]
    assert [page.path for page in pages] == ["air", "catalog", "knowledge", "quality", "about"]


def test_streamlit_finds_no_folder_of_pages_to_serve_by_itself() -> None:
    """It would answer the first visitor of ``/catalog`` with an empty page."""
    assert not APP.with_name("pages").exists()
