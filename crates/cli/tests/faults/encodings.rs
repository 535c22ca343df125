//! Databases in other encodings.

use std::fs;

use strata_test_support::{number, texts};

use crate::cluster::{Cluster, assert_whole, said, sequence};

#[test]
fn other_encodings_hold_what_is_written_and_refuse_what_they_cannot() {
    let (cluster, folder) = (Cluster::start(), sequence(3));
    for encoding in ["LATIN1", "SQL_ASCII", "LATIN9", "UTF8"] {
        let options =
            format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        let url = cluster.database(&encoding.to_lowercase(), &options);
        let output = cluster.migrate(folder.path(), &url).output().unwrap();
        assert!(output.status.success(), "{encoding}: {}", said(&output));
        let conn = &mut diesel_strata::connect(&url).unwrap();
        assert_whole(conn, 3);
        let names = texts(conn, "SELECT name FROM effects ORDER BY 1");
        assert_eq!(names, ["002_É2", "003_É3"], "{encoding}");
    }
}

#[test]
fn a_character_that_the_database_has_not_fails_its_migration_and_no_other() {
    let (cluster, folder) = (Cluster::start(), sequence(3));
    let text = "CREATE TABLE t4 (a text);\nINSERT INTO t4 VALUES ('中')";
    fs::write(folder.path().join("004_Four.sql"), text).unwrap();
    let options = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    let url = cluster.database("latin1", options);
    let output = cluster.migrate(folder.path(), &url).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("004_Four"), "{}", said(&output));
    let conn = &mut diesel_strata::connect(&url).unwrap();
    assert_whole(conn, 3);
    assert_eq!(number(conn, "SELECT count(*) FROM pg_tables WHERE tablename = 't4'"), 0);
}
