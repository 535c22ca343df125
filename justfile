# What CI runs.
ci:
    .ci/run

# Migrates a private database and shows it.
demo:
    script/demo

# All tests.
test *arguments:
    script/test {{arguments}}

# Times and ratios against diesel_migrations and the bare floor.
bench:
    cargo bench -p diesel-strata --features testing
