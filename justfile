# What CI runs.
ci:
    .ci/run

# Migrates a private database and shows it.
demo:
    script/demo

# All tests.
test *arguments:
    script/test {{arguments}}

# Times and ratios against diesel_migrations and the bare floor; tests with outreach's schema.
bench:
    cargo bench -p diesel-strata --features testing --bench migrate --bench print_schema
    cargo bench -p outreach --bench test_database

# Ours beside diesel_migrations, refinery, sqlx and diesel CLI; writes benches/README.md.
bench-peers *arguments:
    cd benches/peers && cargo build --release --locked --bins --test '*'
    cd benches/peers && cargo run --release --locked -- {{arguments}}

# The engine's and the command line's tests on every version of PostgreSQL that is supported.
versions:
    script/versions 14 15 16 17 18

# Twenty times as many rounds of faults as CI runs.
faults:
    STRATA_FAULTS=20 cargo test -p diesel-strata-cli --test faults
