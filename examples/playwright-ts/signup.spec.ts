import { expect, test } from "@mayfly-mail/playwright";

test("signs up with the code of the mail", async ({ page, inbox }) => {
  await page.goto("/");
  await page.getByLabel("E-mail").fill(inbox.address);
  await page.getByRole("button", { name: "Sign up" }).click();

  await expect(inbox).toReceive({ subject: "Confirm your account", hasOtp: true });
  const code = await inbox.waitForCode();
  await page.getByLabel("Code").fill(code.value);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText(`Welcome, ${inbox.address}`)).toBeVisible();
});

test("a wrong code is refused, and brings no second mail", async ({ page, inbox }) => {
  await page.goto("/");
  await page.getByLabel("E-mail").fill(inbox.address);
  await page.getByRole("button", { name: "Sign up" }).click();
  const code = await inbox.waitForCode();

  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("This code is wrong")).toBeVisible();
  await expect(inbox).not.toReceive({ after: code.cursor, timeout: "200ms" });
});

test("the mail of a reset can be looked at and clicked", async ({ page, inbox, baseURL }) => {
  await page.request.post("/signup", { form: { email: inbox.address } });
  const { value } = await inbox.waitForCode();
  await page.request.post("/confirm", { form: { email: inbox.address, code: value } });
  await page.request.post("/reset", { form: { email: inbox.address } });

  const mail = await inbox.waitForMessage({ subject: "Reset your password" });
  await mail.open(page);
  await page.getByRole("link", { name: "Choose a new password" }).click();
  await expect(page).toHaveURL(new RegExp(`^${baseURL}/reset`));
  await expect(page.getByText("Choose a new password")).toBeVisible();
});
