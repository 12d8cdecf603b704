"""README.md, SECURITY.md and docs/*.md promise nothing that no test proves.

promises.tsv: page, sentence, tests; no_promises.tsv: page, sentence, why it promises nothing of the product. A sentence
may be quoted in part, as long as every word of it that promises something stands in a quote.
"""

import unittest
from pathlib import Path

from known_tests import TESTS, google_tests, known_tests, python_tests
from sentences import PROMISE, blocks, normalised, sentences

FOLDER = Path(__file__).parent
SOURCE = TESTS.parent
WRITTEN_WITH_ITS_TESTS = "limits.md"  # each row names its test, and tests/contract/limits_test.cpp holds that
PAGES = ["README.md", "SECURITY.md",
         *(f"docs/{page.name}" for page in sorted((SOURCE / "docs").glob("*.md")) if page.name != WRITTEN_WITH_ITS_TESTS)]
REASONS = {
    "explains": "says what something is, how it is built or why",
    "advice": "asks the reader to do something",
    "others": "what Kubernetes, Argo CD, Kueue or a server does",
    "limit": "says what is not given, not tested or not protected",
    "measured": "a figure of a measurement, or how it was made",
}


def lines(name):
    """(place, page, quote, words) of each line of a table."""
    for number, line in enumerate((FOLDER / name).read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            page, quote, words = line.split("\t")
            yield f"{name}:{number}", page, quote, words.split()


def texts():
    return {page: (SOURCE / page).read_text() for page in PAGES}


def open_words(sentence, quotes):
    """Words of promise that no quote covers."""
    covered = set()
    for quote in quotes:
        at = sentence.find(quote)
        if at >= 0:
            covered.update(range(at, at + len(quote)))
        elif sentence in quote:
            return []
    return [match.group() for match in PROMISE.finditer(sentence) if match.start() not in covered]


class Splitter(unittest.TestCase):
    def test_a_paragraph_is_its_sentences(self):
        page = "# Head\n\nOne ends\nhere. `Two` has v1.0 in it (really). Three.\n\n- An item: it\n  goes on.\n- Another\n"
        self.assertEqual(list(sentences(page)), [
            (3, "One ends here."), (3, "Two has v1.0 in it (really)."), (3, "Three."), (6, "An item: it goes on."), (8, "Another")])

    def test_a_row_is_one_sentence_and_the_head_of_a_table_is_none(self):
        page = "| what | how |\n|---|---|\n| A | never. Or so |\n\n| next | table |\n|---|---|\n| B | C |\n"
        self.assertEqual(list(sentences(page)), [(3, "A | never. Or so"), (7, "B | C")])

    def test_code_is_no_text_and_a_link_reads_as_its_words(self):
        page = "See [this page](docs/x.md):\n\n    never run\n\n```sh\nnever\n```\nThen stop. **Done.**\n"
        self.assertEqual(list(sentences(page)), [(1, "See this page:"), (8, "Then stop."), (8, "Done.")])
        self.assertEqual(len(blocks(page)), 2)

    def test_words_of_promise_must_stand_in_quotes(self):
        sentence = "It never ends, and nothing is lost."
        self.assertEqual(open_words(sentence, []), ["never", "nothing", "lost"])
        self.assertEqual(open_words(sentence, ["It never ends"]), ["nothing", "lost"])
        self.assertEqual(open_words(sentence, ["It never ends", "nothing is lost."]), [])
        self.assertEqual(open_words(sentence, [sentence]), [])


class Finder(unittest.TestCase):
    def test_tests_that_do_not_run_are_not_there(self):
        text = "TEST(A, Runs) {}\nTEST_F(A, Skips) { GTEST_SKIP(); }\nTEST(A, DISABLED_Off) {}\n#if 0\nTEST(A, Out) {}\n#endif\n"
        self.assertEqual(list(google_tests(text)), ["A.Runs"])
        text = "class A:\n  def test_runs(self): pass\n  @unittest.skip('no')\n  def test_off(self): pass\n  def other(self): pass\n"
        self.assertEqual(list(python_tests(text)), ["A.test_runs"])


class Promises(unittest.TestCase):
    def test_each_quote_stands_once_on_its_page(self):
        pages = {page: normalised(" \n".join(block for _, block in blocks(text))) for page, text in texts().items()}
        for name in ("promises.tsv", "no_promises.tsv"):
            for place, page, quote, _ in lines(name):
                with self.subTest(place):
                    self.assertIn(page, pages)
                    self.assertEqual(quote, normalised(quote))
                    self.assertGreaterEqual(len(quote), 9, "too short to tell one sentence from another")
                    self.assertEqual(pages[page].count(quote), 1, f"{page} has to say once: {quote}")

    def test_each_promise_names_tests_that_exist(self):
        known = known_tests()
        for place, _, quote, tests in lines("promises.tsv"):
            with self.subTest(place):
                self.assertTrue(tests, quote)
                self.assertEqual([test for test in tests if test not in known], [], f"no such test; the promise is: {quote}")

    def test_what_is_no_promise_says_why(self):
        for place, _, quote, words in lines("no_promises.tsv"):
            with self.subTest(place):
                self.assertIn(" ".join(words), REASONS, quote)

    def test_every_promise_of_every_page_is_in_the_table(self):
        quotes = {}
        for name in ("promises.tsv", "no_promises.tsv"):
            for _, page, quote, _ in lines(name):
                quotes.setdefault(page, []).append(quote)
        missing = []
        for page, text in texts().items():
            for line, sentence in sentences(text):
                words = open_words(sentence, quotes.get(page, []))
                if words:
                    missing.append(f"{page}:{line}: {', '.join(words)}: {sentence}")
        if missing:
            self.fail("no line of tests/docs/promises.tsv covers:\n" + "\n".join(missing))


if __name__ == "__main__":
    unittest.main()
