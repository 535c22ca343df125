//! The same test, a hundred times.

/// Puts an item into a hundred modules.
macro_rules! hundred {
    (@tens $($ten:ident)*; $test:tt) => {
        $(mod $ten { hundred! { @ones a b c d e f g h i j; $test } })*
    };
    (@ones $($one:ident)*; $test:tt) => {
        $(mod $one { hundred! { @item $test } })*
    };
    (@item { $($item:tt)* }) => { $($item)* };
    ($test:tt) => { hundred! { @tens a b c d e f g h i j; $test } };
}
