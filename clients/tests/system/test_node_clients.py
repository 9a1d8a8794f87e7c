"""The clients for Node: their own tests against a running Mayfly, their types, and their packages as a user installs them."""

import json
import shutil

import pytest

from clients.tests.workspace import CLIENTS, ROOT, checked

# All of these on the worker that has the workspace.
pytestmark = pytest.mark.xdist_group("stack")

USER = """\
import { Code, Link, Mayfly, MayflyError, WaitTimeout, parseFaultPlan, verifyWebhook } from "@mayfly-mail/client";
import type { Inbox, InboxEvent, models, Operation } from "@mayfly-mail/client";
import * as operations from "@mayfly-mail/client/operations";

export async function use(mayfly: Mayfly): Promise<string> {
  await using inbox: Inbox = await mayfly.inbox({ label: "x", ttl: "10m" });
  const code: Code = await inbox.waitForCode({ from: /shop/, after: await inbox.cursor(), timeout: "30s" });
  const link: Link = await inbox.waitForLink("/verify/", { kind: "verify" });
  for await (const event of inbox.stream()) { const seen: InboxEvent = event; if (seen.type === "expired") break; }
  const operation: Operation<models.AccountData> = operations.getAccount();
  const account: models.AccountData = await mayfly.call(operation);
  const { type } = await verifyWebhook("whsec_x", new Headers(), "{}", { tolerance: "5m" });
  // @ts-expect-error a duration needs a unit
  await inbox.waitForMessage({ timeout: "30" });
  // @ts-expect-error there is no such criterion
  await inbox.waitForMessage({ subjct: "x" });
  // @ts-expect-error the secret is not to be passed on
  mayfly.apiKey;
  return `${code}${link}${account.email}${type}${parseFaultPlan("451 x2")[0]?.code}`;
}
export const failed = (error: unknown): readonly string[] =>
  error instanceof WaitTimeout ? error.nearMisses.map((miss) => miss.subject) : [(error as MayflyError).code];
"""
USER_OF_PLAYWRIGHT = """\
import { expect, test } from "@mayfly-mail/playwright";

test.use({ mayflyUrl: "http://127.0.0.1:8080", inboxOptions: { ttl: "10m" } });
test("x", async ({ inbox, space, mayfly, page }) => {
  await expect(inbox).toReceive({ subject: /x/, timeout: "10s" });
  await expect(space).not.toReceive({ to: "eve@" });
  await page.goto((await inbox.waitForLink("/x")).url);
  expect(mayfly.url).toBe("x");
  // @ts-expect-error there is no such criterion
  await expect(inbox).toReceive({ subjct: "x" });
});
"""
USER_OF_CYPRESS = """\
import { mayflyTasks } from "@mayfly-mail/cypress/plugin";
import type { MayflyInbox } from "@mayfly-mail/cypress";

declare const cy: Cypress.Chainable<undefined>;
export const inbox: Cypress.Chainable<MayflyInbox> = cy.mayflyInbox({ ttl: "10m" });
export const code: Cypress.Chainable<string> = cy.mayflyCode("ann@mayfly.test", { subject: /code/ });
interface PluginEvents { // as in the types of Cypress
  (action: "task", tasks: { [key: string]: (value: any) => any }): void;
  (action: "after:run", fn: (results: object) => void | Promise<void>): void;
}
export const setupNodeEvents = (on: PluginEvents): void => mayflyTasks(on);
"""
STRICT = ("--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--target", "es2022")
NODE16 = ("--module", "node16", "--moduleResolution", "node16", "--types", "node")


def test_the_client_for_node_does_what_its_own_tests_say(workspace, stack):
    environment = {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": stack.api_key, "SMTP_PORT": str(stack.smtp_port)}
    folders = ("typescript/tests/unit/", "typescript/tests/system/", "cypress/tests/system/")
    done = workspace.node(workspace.built, "--test", *folders, **environment)
    assert 0 == done.returncode, done.stdout[-20_000:]
    assert "# fail 0" in done.stdout


def test_playwright_gives_each_attempt_its_inbox_and_reports_what_came(workspace, stack):
    project = workspace.installed / "project"
    shutil.copytree(CLIENTS / "playwright/tests/project", project)
    (project / "package.json").write_text("{}")  # CommonJS, as `npm init playwright` makes it
    cli = str(workspace.installed / "node_modules/@playwright/test/cli.js")
    workspace.node(project, cli, "test", SERVER=stack.http_url, MAYFLY_API_KEY=stack.api_key)
    results = dict(attempts(json.loads((project / "report.json").read_text())))

    own = [results[f"has an inbox of its own, {number}"] for number in (1, 2, 3, 4)]
    assert ["passed"] * 4 == [each[-1]["status"] for each in own]
    assert 4 == len({noted(each[-1], "address") for each in own})
    assert ["passed"] == statuses(results["proves that nothing came"]) == statuses(results["has a space"])
    assert ["passed"] == statuses(results["merges with the fixtures and expectations of others"])
    assert ["passed"] == statuses(results["may delete its inbox itself"])
    first, second = results["passes at the second attempt, with another inbox"]
    assert ["failed", "passed"] == statuses([first, second])
    assert noted(first, "address") != noted(second, "address")
    assert noted(first, "address") in noted(first, "mayfly")

    (came,) = results["lists what came"]
    assert "the reset mail" in message(came)
    assert "waited 0.3 s for mail to" in message(came)  # as `expect` is configured
    assert 'came: "Welcome" (failed: subject)' in message(came)
    assert "toReceive({ subject: " in message(came)  # the line of the test, not of the library
    assert [("mail", "text/plain"), ("1-Welcome.eml", "message/rfc822")] == attachments(came)[:2]
    said = "says that nothing came, which mail should not have come, and what takes no mail"
    assert ["passed"] == statuses(results[said])
    (soft,) = results["goes on after a soft failure, until a wait fails"]
    assert 2 == len(soft["errors"])
    assert "inbox.waitForCode(" in message(soft)
    assert stack.api_key not in (project / "report.json").read_text()


def test_strict_users_compile_against_the_packages(workspace):
    sources = {"user.ts": USER, "user.spec.ts": USER_OF_PLAYWRIGHT, "cypress.ts": USER_OF_CYPRESS}
    for name, text in sources.items():
        (workspace.installed / name).write_text(text)
    # Playwright's own types need those of a browser.
    checked(workspace.tsc(workspace.installed, *STRICT, *NODE16, "--lib", "es2022,esnext.disposable,dom", *sources))


@pytest.mark.parametrize("options", [("--types", "node", "--lib", "es2022"), ("--types", "", "--lib", "es2022,dom")])
def test_the_clients_types_need_no_browser_and_no_node(workspace, options):
    source = USER.replace("await using inbox", "const inbox")  # needs a library that not every program names
    (workspace.installed / "part.ts").write_text(source)
    bundler = ("--module", "es2022", "--moduleResolution", "bundler")
    checked(workspace.tsc(workspace.installed, *STRICT, *bundler, *options, "part.ts"))


def test_the_packages_hold_what_they_need_and_no_more(workspace):
    for package in ("client", "playwright", "cypress"):
        folder = workspace.installed / "node_modules/@mayfly-mail" / package
        expected = {"package.json", "README.md", "CHANGELOG.md", "LICENSE", "dist"}
        assert expected == {each.name for each in folder.iterdir()}
        assert (ROOT / "LICENSE").read_text() == (folder / "LICENSE").read_text()
        assert not [each for each in folder.rglob("*.ts") if not each.name.endswith(".d.ts")]
    core = workspace.installed / "node_modules/@mayfly-mail/client/dist"
    assert not [each.name for each in core.rglob("*.js") if 'from "node:' in each.read_text()]


def test_the_packages_are_imported_from_both_kinds_of_modules(workspace):
    names = [f"@mayfly-mail/{name}" for name in ("client", "client/operations", "playwright", "cypress/plugin")]
    imports = "".join(f'if (Object.keys(await import("{name}")).length === 0) process.exit(1);' for name in names)
    checked(workspace.node(workspace.installed, "--input-type=module", "-e", imports))
    has_require = workspace.node(workspace.installed, "-p", "process.features.require_module === true")
    if "true" in has_require.stdout:
        requires = "".join(f'require("{name}");' for name in names)
        checked(workspace.node(workspace.installed, "--input-type=commonjs", "-e", requires))


def attempts(report):
    """Yield the title of each test with its attempts."""
    pending = list(report["suites"])
    while pending:
        suite = pending.pop()
        pending += suite.get("suites", [])
        yield from ((spec["title"], spec["tests"][0]["results"]) for spec in suite["specs"])


def statuses(results):
    return [each["status"] for each in results]


def noted(result, kind):
    return next(each["description"] for each in result["annotations"] if each["type"] == kind)


def message(result):
    return "\n".join(each["message"] for each in result["errors"])


def attachments(result):
    return [(each["name"], each["contentType"]) for each in result["attachments"]]
