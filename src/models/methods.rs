//! What every table's types can do.

/// The methods of a table's row, new row and changes.
///
/// ```text
/// methods! {
///     users: User, NewUser<'_>, UserChanges<'_>;   // the table and its types
///     key id: &str;                                // its primary key
///     conflict email;                              // what may be taken already
/// }
/// ```
macro_rules! methods {
    (
        $table:ident: $row:ident, $new:ty, $changes:ty;
        key $key:ident: $key_type:ty;
        $(conflict $($conflict:ident),+;)?
    ) => {
        impl $row {
            /// The row with this key, if there is one.
            ///
            /// # Errors
            ///
            /// The database cannot be asked.
            pub fn find(conn: &mut PgConnection, $key: $key_type) -> QueryResult<Option<Self>> {
                $table::table.find($key).select(Self::as_select()).first(conn).optional()
            }
        }

        impl $new {
            /// Inserts it, and returns the row.
            ///
            /// # Errors
            ///
            /// A row of the same key exists, or another constraint is violated.
            pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<$row> {
                diesel::insert_into($table::table)
                    .values(self)
                    .returning($row::as_returning())
                    .get_result(conn)
            }

            $(
                #[doc = concat!(
                    "Inserts it, or gives the row of the same", $(" `", stringify!($conflict), "`",)+
                    " what is not `None` here; returns the row."
                )]
                ///
                /// # Errors
                ///
                /// Another constraint is violated.
                pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<$row> {
                    diesel::insert_into($table::table)
                        .values(self)
                        .on_conflict(($($table::$conflict,)+))
                        .do_update()
                        .set(self)
                        .returning($row::as_returning())
                        .get_result(conn)
                }
            )?
        }

        impl $changes {
            /// Changes the row with this key, and returns it as it is then; `None` where there is
            /// none.
            ///
            /// # Errors
            ///
            /// Nothing is to be changed, or a constraint is violated.
            pub fn apply(
                &self,
                conn: &mut PgConnection,
                $key: $key_type,
            ) -> QueryResult<Option<$row>> {
                diesel::update($table::table.find($key))
                    .set(self)
                    .returning($row::as_returning())
                    .get_result(conn)
                    .optional()
            }
        }
    };
}
