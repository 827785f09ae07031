"""The page of a history in a real browser: nothing logged, nothing cut off, on a phone and on a desk."""

from reports.trend import page
from tests.reports.test_trend_page import a_trend


def test_the_page_fits_every_width_fetches_nothing_and_logs_nothing(browser, tmp_path):
    page.write(a_trend(), tmp_path / "trend.html")
    url = (tmp_path / "trend.html").as_uri()
    for width, scheme in ((360, "light"), (800, "dark"), (1280, "light")):
        opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        logged, requests = [], []
        opened.on("console", lambda message, logged=logged: logged.append(message.text))
        opened.on("request", lambda request, requests=requests: requests.append(request.url))
        opened.goto(url)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        assert logged == [] and requests == [url]
        widths = "[...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect().width)"
        drawn = opened.evaluate(widths)
        assert len(drawn) == 7 and all(0.8 * min(width, 900) < one <= width for one in drawn)
        opened.close()
