/** The pages of the application: forms without scripts. */

export function formPage(title, action, fields, hidden = {}) {
  const kept = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`,
  );
  const inputs = Object.entries(fields).map(
    ([name, label]) => `<label>${label} <input name="${name}" required></label>`,
  );
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>
<form method="post" action="${action}">${[...kept, ...inputs].join("")}<button>${title}</button></form></html>`;
}

function escaped(text) {
  return text.replace(/[&<"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
