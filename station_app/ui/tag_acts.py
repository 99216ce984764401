"""What is done with what is chosen in the tag browser: adding, setting up and removing tags, writing values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt

from drivers.base import Quality, Sample
from station_app.domain.added_tag import AddedTag
from station_app.domain.permissions import Permission
from station_app.domain.rules import Refusal
from station_app.services.posting import when_done
from station_app.ui import tag_browser_words as words
from station_app.ui.look import Look
from station_app.ui.tag_browser_tree import headline_and_body
from station_app.ui.tag_rules_sheet import TagRulesSheet

if TYPE_CHECKING:
    from station_app.ui.tag_browser import TagBrowser

translate = QCoreApplication.translate


class TagActs(QObject):
    """The acts behind the browser's buttons; each is refused, or saved and said."""

    def __init__(self, browser: TagBrowser, look: Look) -> None:
        super().__init__(browser)
        self._browser, self._look = browser, look
        self._services, self._setup = browser.services, browser.services.tag_setup
        details = browser.details
        details.add_button.clicked.connect(self._begin_adding)
        details.rules_button.clicked.connect(self.set_up)
        details.write_button.clicked.connect(self._begin_writing)
        details.remove_button.clicked.connect(self._remove)
        browser.add_form.wanted.connect(self._add)
        browser.write_form.wanted.connect(self._write)

    def _begin_adding(self) -> None:
        chosen = self._browser.chosen_node
        if chosen is None or self._refused(Permission.CONFIGURE_TAGS):
            return
        device, node = chosen
        self._browser.show_form(self._browser.add_form)
        self._browser.add_form.propose(self._setup.propose(device, node), bool(node.writable))

    def _add(self, tag: AddedTag) -> None:
        browser, form = self._browser, self._browser.add_form

        def refused(error: BaseException) -> None:
            if not browser.ended:
                form.set_saving(False)
                form.message.set_message(*headline_and_body(error))

        def added(_name: str) -> None:
            if not browser.ended:
                form.set_saving(False)
                browser.show_details()
                browser.details.trend_button.setFocus(Qt.FocusReason.OtherFocusReason)

        try:
            future = self._setup.add(tag)
        except Refusal as refusal:
            refused(refusal)
            return
        form.set_saving(True)
        when_done(future, self._services.post, added, refused)

    def set_up(self) -> TagRulesSheet | None:
        """Lay the limits and the history of the chosen added tag over the window; None when that is refused."""
        browser = self._browser
        tag = self._setup.added.get(browser.chosen_tag)
        if tag is None or self._refused(Permission.CONFIGURE_TAGS):
            return None
        sheet = TagRulesSheet(self._look, tag)
        sheet.wanted.connect(lambda wanted: self._change(sheet, wanted))
        sheet.open_once(browser.parentWidget() or browser)
        return sheet

    def _change(self, sheet: TagRulesSheet, tag: AddedTag) -> None:
        browser = self._browser

        def refused(error: BaseException) -> None:
            if not browser.ended:
                sheet.set_saving(False)
                sheet.message.set_message(*headline_and_body(error))

        def changed(_name: str) -> None:
            if not browser.ended:
                sheet.set_saving(False)
                sheet.dismiss()
                browser.show_details()
                said = translate("tags", "Limits and history of {tag} are in force.").format(tag=tag.title or tag.name)
                browser.details.message.set_message(said, translate("tags", "Recorded."))

        try:
            future = self._setup.change(tag)
        except Refusal as refusal:
            refused(refusal)
            return
        sheet.set_saving(True)
        when_done(future, self._services.post, changed, refused)

    def _remove(self) -> None:
        browser = self._browser

        def removed(_name: str) -> None:
            if not browser.ended:
                browser.tree.choose(words.STATION)
                browser.choose(words.STATION)

        try:
            future = self._setup.remove(browser.chosen_tag)
        except Refusal as refusal:
            browser.say(refusal)
            return
        browser.details.remove_button.set_busy(translate("tags", "saving"))
        when_done(future, self._services.post, removed, browser.say)

    def _begin_writing(self) -> None:
        browser = self._browser
        tag = self._services.tags.tags.get(browser.chosen_tag)
        if tag is None or self._refused(Permission.WRITE_TAG):
            return
        view = self._services.tag_views.get(tag.name)
        browser.show_form(browser.write_form)
        title = view.title if view is not None else tag.name
        browser.write_form.begin(tag, title, self._services.tags.latest(tag.name))

    def _write(self, tag: str, text: str) -> None:
        browser, form = self._browser, self._browser.write_form

        def refused(error: BaseException) -> None:
            if not browser.ended:
                form.set_saving(False)
                form.refuse(*headline_and_body(error))

        def answered(sample: Sample) -> None:
            if browser.ended:
                return
            form.set_saving(False)
            if sample.quality is not Quality.GOOD:
                form.refuse(
                    translate("tags", "The device did not take it: {status}.").format(status=sample.status),
                    translate("tags", "The attempt is recorded. Look at the machine's value before you try again."),
                )
                return
            browser.show_details()
            written = translate("tags", "{value} was written.").format(value=text)
            browser.details.message.set_message(written, translate("tags", "Recorded."))

        try:
            future = self._setup.write_tag(tag, text)
        except Refusal as refusal:
            refused(refusal)
            return
        form.set_saving(True)
        when_done(future, self._services.post, answered, refused)

    def _refused(self, permission: Permission) -> bool:
        reason = self._setup.why_not(permission)
        if reason:
            self._browser.say(Refusal(reason))
        return bool(reason)
