//! Definitions that the server reads otherwise than it prints them.

/// `definition` so that what the server reads from it is what it was printed from.
///
/// `status IN ('a', 'b')` over a `varchar` is printed with a cast of the whole array,
/// `(status)::text = ANY ((ARRAY['a'::character varying, …])::text[])`, and that is read as a cast
/// of each member. Without the casts it is read as what it was.
pub(super) fn reparsable(definition: &str) -> String {
    const OPEN: [&str; 4] = [
        "::text = ANY ((ARRAY[",
        "::text <> ALL ((ARRAY[",
        "::text ~~ ANY ((ARRAY[",
        "::text ~~* ANY ((ARRAY[",
    ];
    const CLOSE: &str = "])::text[])";
    let mut result = String::with_capacity(definition.len());
    let mut rest = definition;
    loop {
        let found = OPEN.iter().filter_map(|open| Some((rest.find(open)?, *open))).min();
        let Some((start, open)) = found else { break };
        let inside = &rest[start + open.len()..];
        let Some(end) = inside.find(CLOSE) else { break };
        let members = &inside[..end];
        let all_varying = !members.contains("::text")
            && members.contains("::character varying")
            && !members.contains("])");
        result.push_str(&rest[..start]);
        match all_varying {
            true => {
                result.push_str(&open["::text".len()..].replacen("((", "(", 1));
                result.push_str(members);
                result.push_str("])");
            }
            false => result.push_str(&rest[start..start + open.len() + end + CLOSE.len()]),
        }
        rest = &inside[end + CLOSE.len()..];
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::reparsable;

    #[test]
    fn a_cast_of_a_whole_array_is_left_to_the_server() {
        assert_eq!(
            reparsable(
                "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))"
            ),
            "CHECK (((s) = ANY (ARRAY['a'::character varying, 'b'::character varying])))"
        );
    }

    #[test]
    fn anything_else_is_as_it_was() {
        for definition in [
            "CHECK ((s = ANY (ARRAY['a'::text, 'b'::text])))",
            "CHECK (((s)::text = ANY ((ARRAY[('a'::character varying)::text])::text[])))",
            "CHECK ((a > 0))",
        ] {
            assert_eq!(reparsable(definition), definition);
        }
    }
}
