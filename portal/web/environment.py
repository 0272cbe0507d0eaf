"""The one Jinja2 environment: undefined names are errors, every room's templates see the same names.

Names that change from request to request (language, direction) are lazy, so that macros and mails, which are
given no request, see them too.
"""

import re
from functools import cache
from typing import Any, NamedTuple

import jinja2
from django.conf import settings
from django.http import HttpRequest
from django.template.backends.jinja2 import Jinja2, Template
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.translation import (
    get_language,
    get_language_bidi,
    gettext,
    gettext_noop,
    ngettext,
    npgettext,
    pgettext,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup

from portal.web import formats, menu
from portal.web.addresses import url

MIRRORED = (
    "caret-left",
    "caret-right",
    "list",
    "list-plus",
    "sign-out",
    "chalkboard-teacher",
    "arrow-square-out",
)  # from right to left


class Language(NamedTuple):
    code: str  # as in settings.LANGUAGES
    name: str  # what its own speakers call it
    direction: str  # "ltr" or "rtl"


class District:
    """The district's settings as they are when a page is made."""

    @property
    def sis_name(self) -> str:
        """A district without a name for it says it in the reader's language."""
        return gettext(settings.DISTRICT.sis_name)

    def __getattr__(self, name: str) -> Any:
        return getattr(settings.DISTRICT, name)


COMMON = gettext_noop("the student information system")  # what districts/*.toml say that have no name for it


def environment(**options: Any) -> jinja2.Environment:
    """The environment for Django's Jinja2 backend, which adds request, csrf_input and csrf_token to each page."""
    options |= {"undefined": jinja2.StrictUndefined, "auto_reload": settings.DEBUG}
    options["extensions"] = ["jinja2.ext.i18n"]
    options["trim_blocks"] = options["lstrip_blocks"] = True
    options["loader"] = jinja2.ChoiceLoader(
        [options["loader"], jinja2.PackageLoader("django.forms", "jinja2")]
    )
    options["autoescape"] = lambda name: not (name or "").endswith(".txt")
    env = jinja2.Environment(**options)  # noqa: S701 - every template but plain mail escapes, see above
    env.template_class, env.context_class = Compiled, Context
    env.policies["ext.i18n.trimmed"] = True  # a sentence may run over lines; the catalogs hold it on one
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals |= {
        "_": _gettext,
        "gettext": _gettext,
        "ngettext": _ngettext,
        "pgettext": _pgettext,
        "npgettext": _npgettext,
        "url": url,
        "static": cache(static),
        "drawing": drawing,
        "district": District(),
        "languages": tuple(
            Language(code, name, "rtl" if code in settings.LANGUAGES_BIDI else "ltr")
            for code, name in settings.LANGUAGES
        ),
        "language": lazy(lambda: get_language() or settings.LANGUAGE_CODE, str)(),
        "direction": lazy(lambda: "rtl" if get_language_bidi() else "ltr", str)(),
        "menu_entries": menu.entries,
        "has_page": menu.has_page,
        "today": formats.today,
    }
    env.filters |= {
        "day": formats.day,
        "dollars": formats.dollars,
        "hours": formats.hours,
        "language_name": formats.language_name,
        "listed": formats.listed,
        "long_date": formats.long_date,
        "moment": formats.moment,
        "month": formats.month,
        "short_month": formats.short_month,
        "number": formats.number,
        "opening": formats.opening,
        "percent": formats.percent,
        "phone": formats.phone,
        "plain": plain,
        "short_date": formats.short_date,
        "short_weekday": formats.short_weekday,
        "time": formats.time,
        "two_places": formats.two_places,
        "weekday": formats.weekday,
    }
    return env


@jinja2.pass_eval_context
def _gettext(page: EvalContext, words: str, /, **variables: Any) -> str:
    return _filled(page, gettext(words), variables)


@jinja2.pass_eval_context
def _ngettext(page: EvalContext, one: str, many: str, num: int, /, **variables: Any) -> str:
    return _filled(page, ngettext(one, many, num), {"num": num} | variables)


@jinja2.pass_eval_context
def _pgettext(page: EvalContext, about: str, words: str, /, **variables: Any) -> str:
    return _filled(page, pgettext(about, words), {"context": about} | variables)


@jinja2.pass_eval_context
def _npgettext(page: EvalContext, about: str, one: str, many: str, num: int, /, **variables: Any) -> str:
    return _filled(page, npgettext(about, one, many, num), {"context": about, "num": num} | variables)


def _filled(page: EvalContext, words: str, variables: dict[str, Any]) -> str:
    """The sentence with its values, which are escaped where the page is markup."""
    if page.autoescape:
        words = Markup(words)  # noqa: S704 - our own catalogs
    return words % variables if "%" in words else words


SENTENCES = frozenset({_gettext, _ngettext, _pgettext, _npgettext})


class Context(jinja2.runtime.Context):
    """Jinja asks of everything that is called what it wants to be told; a page calls macros and sentences 500 times."""

    @jinja2.utils.internalcode
    def call(__self, __called: Any, *args: Any, **kwargs: Any) -> Any:
        if type(__called) is jinja2.runtime.Macro or __called in SENTENCES:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __called(__self.eval_ctx, *args, **kwargs)
        return super().call(__called, *args, **kwargs)


class Compiled(jinja2.Template):
    """A template whose macros are made once. Jinja would compare all names of the page first, at each import of one."""

    def _get_default_module(
        self, ctx: jinja2.runtime.Context | None = None
    ) -> jinja2.environment.TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class Pages(Jinja2):
    """Django's backend, whose form token is made once for a page instead of once for each of its forms."""

    def get_template(self, template_name: str) -> "Page":
        found = super().get_template(template_name)
        return Page(found.template, self)


class Page(Template):
    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        context = dict(context or {})
        if request is not None:
            context |= {"request": request, "csrf_input": SimpleLazyObject(lambda: csrf_input(request))}
        return self.template.render(context)


@cache
def drawing(name: str, weight: str = "") -> Markup:
    """One drawing of the sprite, always beside a word. weight: "", "duotone" or "fill"."""
    kind, which = (" mirror" if name in MIRRORED else ""), (f"{name}-{weight}" if weight else name)
    return Markup(
        '<svg class="icon{}" aria-hidden="true" focusable="false" width="24" height="24">'
        '<use href="{}#ph-{}"></use></svg>'
    ).format(kind, static("web/icons.svg"), which)


def plain(html: str) -> Markup:
    """The same markup for Classic Mode: no icons and pictures (even a hidden icon is fetched), all details open."""
    html = re.sub(r"<svg\b.*?</svg>", "", html, flags=re.DOTALL)
    return Markup(html.replace("<details", "<details open"))  # noqa: S704 was markup before
