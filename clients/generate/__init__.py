"""Writes the clients' models and operations of docs/openapi.json: `make clients`; `make clients-check` compares.

    docs/openapi.json --reading--> schema.Api --python-----> mayfly_mail/models, mayfly_mail/operations
                         |                    --typescript-> clients/typescript
                       names

`schema` is what the clients know of the API, without a word of any language; only the native routes are in it.
`reading` makes it, and refuses a form of schema that it has never met. `names` has what the document does not say:
short names of models, and which fields are secrets. A further language is one more module that writes an `Api`, and a
line in `__main__`.
"""
