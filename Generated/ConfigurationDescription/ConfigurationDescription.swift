// `swift build` puts the OpenAPI document of the REST API here, as text; the configuration server serves it at /openapi.json.
