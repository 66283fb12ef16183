"""Settings, rules, the example election and the JSON Schemas; imports nothing of ours."""
