//! The facts of a live database, read in a fixed number of queries.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Oid, Text};

use super::query::{DEPENDENCIES, QUERIES, REMARKS, Target, written};
use super::{Address, Fact, Facts, text};
use crate::consistent::consistently;
use crate::error::{Doing, SchemaError};

/// Settings under which the server words a definition, so that it is the same in every session.
const SETTINGS: &str = "SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = postgres; \
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex; \
    SET LOCAL standard_conforming_strings = on; SET LOCAL timezone = 'UTC'; \
    SET LOCAL xmlbinary = base64; SET LOCAL lc_monetary = 'C'; SET LOCAL jit = off; \
    SET LOCAL enable_partitionwise_join = off; SET LOCAL row_security = off";

/// Reads the facts of the database of `conn`: what `pg_dump --schema-only` would write. Fourteen
/// queries over one state of the database, however many objects there are.
///
/// # Errors
///
/// The catalog cannot be read.
pub fn read_facts(conn: &mut PgConnection) -> Result<Facts, SchemaError> {
    consistently(conn, SETTINGS, |conn| {
        let session: Session = diesel::sql_query(SESSION).get_result(conn)?;
        let target =
            Target { major: session.version as u32 / 10_000, superuser: session.superuser };
        let mut rows: Vec<Row> = Vec::new();
        for query in QUERIES {
            rows.extend(diesel::sql_query(written(query, target)).load::<Row>(conn)?);
        }
        let remarks: Vec<Remark> = diesel::sql_query(REMARKS).load(conn)?;
        let dependencies: Vec<Dependency> = diesel::sql_query(DEPENDENCIES).load(conn)?;
        let facts = Assembly::new(rows).assemble(remarks, &dependencies);
        Ok(Facts { facts, major: target.major, role: session.role })
    })
    .doing("read the catalog")
}

const SESSION: &str = "SELECT current_setting('server_version_num')::int AS version, \
    current_user::text AS role, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \
    AS superuser";

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Bool)]
    superuser: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    object: u32,
    /// A column's number, or below zero what belongs to the object and has no row of its own.
    #[diesel(sql_type = Integer)]
    sub: i32,
    #[diesel(sql_type = Array<Text>)]
    path: Vec<String>,
    #[diesel(sql_type = Integer)]
    place: i32,
    #[diesel(sql_type = Text)]
    sql: String,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    attributes: Vec<Option<String>>,
}

#[derive(QueryableByName)]
struct Remark {
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    object: u32,
    #[diesel(sql_type = Integer)]
    sub: i32,
    #[diesel(sql_type = Nullable<Text>)]
    provider: Option<String>,
    #[diesel(sql_type = Text)]
    remark: String,
}

#[derive(QueryableByName)]
struct Dependency {
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    object: u32,
    #[diesel(sql_type = Integer)]
    sub: i32,
    #[diesel(sql_type = Oid)]
    on_class: u32,
    #[diesel(sql_type = Oid)]
    on_object: u32,
    #[diesel(sql_type = Integer)]
    on_sub: i32,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// An object of the catalog: class, object, and column or part.
type Key = (u32, u32, i32);

/// Facts on their way from rows.
struct Assembly {
    facts: Vec<Fact>,
    by_key: HashMap<Key, usize>,
}

impl Assembly {
    fn new(rows: Vec<Row>) -> Self {
        let mut assembly =
            Self { facts: Vec::with_capacity(rows.len() * 2), by_key: HashMap::new() };
        rows.into_iter().for_each(|row| assembly.add(row));
        assembly
    }

    fn add(&mut self, row: Row) {
        let key = (row.class, row.object, row.sub);
        let is_grant = matches!(row.path[row.path.len() - 2].as_str(), "grant" | "revoke");
        let address = match self.by_key.get(&key).filter(|_| is_grant) {
            Some(owner) => {
                let [.., kind, name] = row.path.as_slice() else { return };
                self.facts[*owner].address.child(kind, name)
            }
            None => Address::new(row.path),
        };
        let mut attributes = Vec::new();
        let mut owner = None;
        let mut given = row.attributes.into_iter();
        while let (Some(Some(name)), Some(value)) = (given.next(), given.next()) {
            match value {
                Some(value) if name == "owner" => owner = Some(value),
                Some(value) => attributes.push((name, value)),
                None => {}
            }
        }
        if let Some(role) = owner {
            self.facts.push(Fact {
                address: address.child("owner", ""),
                attributes: vec![("role".to_owned(), role)],
                depends: Vec::new(),
                phrase: row.sql.clone(),
                place: 0,
            });
        }
        if !is_grant {
            self.by_key.entry(key).or_insert(self.facts.len());
        }
        self.facts.push(Fact {
            address,
            attributes,
            depends: Vec::new(),
            phrase: row.sql,
            place: row.place,
        });
    }

    fn assemble(mut self, remarks: Vec<Remark>, dependencies: &[Dependency]) -> Vec<Fact> {
        remarks.into_iter().for_each(|remark| self.remark(remark));
        let members = self.members(dependencies);
        self.depend(dependencies);
        let mut facts = self.facts;
        facts.retain(|fact| {
            // Privileges of what extensions made are the user's own.
            let is_grant = matches!(fact.address.kind(), "grant" | "revoke" | "policy");
            let root = fact.address.root();
            (is_grant || !members.contains(&root)) && !root.name().starts_with("information_schema")
        });
        text::sort(&mut facts);
        facts
    }

    fn remark(&mut self, remark: Remark) {
        let Some(owner) = self.by_key.get(&(remark.class, remark.object, remark.sub)) else {
            return;
        };
        let owner = &self.facts[*owner];
        let (kind, name) = match &remark.provider {
            Some(provider) => ("security label", provider.as_str()),
            None => ("comment", ""),
        };
        let fact = Fact {
            address: owner.address.child(kind, name),
            attributes: vec![("text".to_owned(), remark.remark)],
            depends: Vec::new(),
            phrase: owner.phrase.clone(),
            place: 0,
        };
        self.facts.push(fact);
    }

    /// What extensions made.
    fn members(&self, dependencies: &[Dependency]) -> HashSet<Address> {
        let made = dependencies.iter().filter(|dependency| dependency.kind == "e");
        let fact = made.filter_map(|made| self.by_key.get(&(made.class, made.object, 0)));
        fact.map(|fact| self.facts[*fact].address.clone()).collect()
    }

    fn depend(&mut self, dependencies: &[Dependency]) {
        let insides = self.insides(dependencies);
        for dependency in dependencies.iter().filter(|dependency| dependency.kind != "e") {
            let key = (dependency.class, dependency.object, dependency.sub);
            let on = (dependency.on_class, dependency.on_object, dependency.on_sub);
            let part = (key.0, key.1, -1);
            let of_part = matches!(dependency.kind.as_str(), "a" | "P" | "S");
            let from = match self.by_key.get(&part).filter(|_| of_part) {
                Some(part) => Some(*part),
                None if matches!(dependency.kind.as_str(), "P" | "S") => None,
                None => self.resolve(key, &insides),
            };
            let to = self.resolve(on, &insides);
            if let (Some(from), Some(to)) = (from, to) {
                self.link(from, to);
            }
        }
    }

    fn link(&mut self, from: usize, to: usize) {
        let to = self.facts[to].address.clone();
        let fact = &mut self.facts[from];
        if !fact.depends.contains(&to) && !fact.address.is_within(&to) {
            fact.depends.push(to);
        }
    }

    /// What is but the inside of something: a view's rule, a table's row type, an array's type.
    fn insides(&self, dependencies: &[Dependency]) -> HashMap<(u32, u32), Key> {
        let mut insides = HashMap::new();
        for dependency in dependencies {
            let own = (dependency.class, dependency.object);
            let known = self.by_key.contains_key(&(own.0, own.1, 0));
            if !known && dependency.kind == "i" {
                insides.insert(own, (dependency.on_class, dependency.on_object, 0));
            } else if !known && dependency.kind == "a" {
                insides.entry(own).or_insert((
                    dependency.on_class,
                    dependency.on_object,
                    dependency.on_sub,
                ));
            }
        }
        insides
    }

    fn resolve(&self, key: Key, insides: &HashMap<(u32, u32), Key>) -> Option<usize> {
        let mut key = key;
        // A chain is an array of a row type of a table at most.
        for _ in 0..4 {
            let (class, object, sub) = key;
            let found = self.by_key.get(&key).or_else(|| self.by_key.get(&(class, object, 0)));
            match found {
                Some(fact) => return Some(*fact),
                None => key = *insides.get(&(class, object)).filter(|_| sub >= 0)?,
            }
        }
        None
    }
}
