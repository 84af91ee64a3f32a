"""JUnit XML as the tools that write it do."""

from collections.abc import Sequence

PYTEST = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="0" skipped="1" tests="3" time="0.020"
 timestamp="2026-11-20T10:00:00.123456+00:00" hostname="ci">
<testcase classname="tests.test_creation_marche.TestCreation" name="test_allotie" time="0.001" />
<testcase classname="tests.test_webhook" name="test_signature[sha256]" time="0.001" />
<testcase classname="tests.test_candidature" name="test_later" time="0.000"><skipped type="pytest.skip"
 message="not yet">tests/test_candidature.py:3: not yet</skipped></testcase>
</testsuite></testsuites>"""
JEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="2" failures="1" errors="0" time="2.1">
  <testsuite name="webhook receiver" errors="0" failures="1" skipped="0" timestamp="2026-11-20T10:00:00" time="1" tests="2">
    <testcase classname="webhook receiver refuses a forged event" name="webhook receiver refuses a forged event" time="0.1">
      <failure>Error: expect(received).toBe(expected)</failure>
    </testcase>
    <testcase classname="webhook receiver accepts" name="webhook receiver accepts" time="0.1"></testcase>
  </testsuite>
</testsuites>"""
SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0" name="fr.editeur.WebhookIT" time="0.1"
 tests="2" errors="0" skipped="0" failures="0">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="accepts" classname="fr.editeur.WebhookIT" time="0.05"/>
  <testcase name="timesOut" classname="fr.editeur.WebhookIT" time="0.05">
    <flakyFailure message="expected 200" type="AssertionError"><stackTrace>…</stackTrace></flakyFailure>
    <system-out><![CDATA[<testcase name="not one"/>]]></system-out>
  </testcase>
</testsuite>"""
GRADLE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="CandidatureTest" tests="2" skipped="1" failures="0" errors="0" timestamp="2026-11-20T10:00:00.000Z"
 hostname="ci" time="0.02">
  <properties/>
  <testcase name="deposeUneCandidature()" classname="CandidatureTest" time="0.01"/>
  <testcase name="retire()" classname="CandidatureTest" time="0.0"><skipped/></testcase>
  <system-out><![CDATA[]]></system-out>
</testsuite>"""
GO = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" errors="0" failures="0">
  <testsuite name="example.org/erreurs" tests="2" failures="0" errors="0" id="0" hostname="ci" time="0.1"
   timestamp="2026-11-20T10:00:00+01:00">
    <testcase name="TestRateLimit" classname="example.org/erreurs" time="0.010"></testcase>
    <testcase name="TestTimeOuts/after_30s" classname="example.org/erreurs" time="0.010"></testcase>
  </testsuite>
</testsuites>"""
PHPUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="phpunit.xml" tests="3" assertions="3" errors="1" failures="0" skipped="0" time="0.01">
    <testsuite name="Integration" tests="3" assertions="3" errors="1" failures="0" skipped="0" time="0.01">
      <testsuite name="App\\Tests\\CreationMarcheTest" file="/app/tests/CreationMarcheTest.php" tests="3" assertions="3"
       errors="1" failures="0" skipped="0" time="0.01">
        <testcase name="testCree" file="/app/tests/CreationMarcheTest.php" class="CreationMarcheTest"
         classname="App.Tests.CreationMarcheTest" assertions="1" time="0.001"/>
        <testsuite name="App\\Tests\\CreationMarcheTest::testLots" tests="2" assertions="2" errors="1" failures="0" skipped="0">
          <testcase name="testLots with data set #0" classname="App.Tests.CreationMarcheTest" assertions="1" time="0.001"/>
          <testcase name="testLots with data set #1" classname="App.Tests.CreationMarcheTest" assertions="1" time="0.001">
            <error type="TypeError">boom</error>
          </testcase>
        </testsuite>
      </testsuite>
    </testsuite>
  </testsuite>
</testsuites>"""
GOOGLETEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="0" disabled="1" errors="0" time="0" timestamp="2026-11-20T10:00:00.123" name="AllTests">
  <testsuite name="Webhook" tests="2" failures="0" disabled="1" skipped="0" errors="0" time="0">
    <testcase name="Accepts" file="a.cc" line="1" status="run" result="completed" time="0" classname="Webhook" />
    <testcase name="DISABLED_Later" file="a.cc" line="2" status="notrun" result="suppressed" time="0" classname="Webhook" />
  </testsuite>
</testsuites>"""


def results(
    *cases: str,
    failing: Sequence[str] = (),
    skipped: Sequence[str] = (),
    suite: str = "",
    attributes: str = "",
) -> str:
    """A suite with these cases that pass, fail or are skipped."""
    lines = [f'<testcase classname="suite" name="{each}"/>' for each in cases]
    lines += [f'<testcase name="{each}"><failure message="no"/></testcase>' for each in failing]
    lines += [f'<testcase name="{each}"><skipped/></testcase>' for each in skipped]
    return f'<testsuite name="{suite}" {attributes}>{"".join(lines)}</testsuite>'
