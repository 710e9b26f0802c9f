use super::*;

#[test]
fn lines_and_columns_count_characters() {
    let sources = Sources::from_text("a.toml", "é = 1\r\nß = \"ü\" # x\n");
    assert_eq!(sources.line_column(Span::new(0, 0..1)), (1, 1));
    assert_eq!(sources.line_column(Span::new(0, 5..6)), (1, 5));
    assert_eq!(sources.line_column(Span::new(0, 13..14)), (2, 5));
    assert_eq!(sources.line_column(Span::new(0, 9999..9999)), (3, 1));
    assert_eq!(sources.slice(Span::new(0, 13..17)), "\"ü\"");
    assert_eq!(sources.slice(Span::new(7, 0..1)), "");
}

#[test]
fn a_value_is_equal_wherever_it_stands() {
    assert_eq!(At::new(3, Span::new(0, 1..2)), At::<i32>::implied(3));
    assert!(At::<u64>::implied(3_u64).span.is_implied());
    assert_eq!(*At::<i32>::implied(3).map(|n| n + 1), 4);
}

#[cfg(feature = "cli")]
mod files {
    use std::path::{Path, PathBuf};

    use super::*;

    /// A file of this content, named after the test.
    fn file(name: &str, content: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("handover-source-{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("the temporary directory is writable");
        path
    }

    /// What reading a file of this content says, without the file's changing name.
    fn refusal(name: &str, content: &[u8]) -> String {
        let path = file(name, content);
        let error = Sources::read_file(&path).expect_err("this file must be refused").to_string();
        std::fs::remove_file(&path).expect("it was written just now");
        error.replace(&path.display().to_string(), "FILE")
    }

    #[test]
    fn a_file_that_is_not_there_or_a_directory() {
        let missing = Sources::read_file(Path::new("/no/such.toml")).expect_err("missing");
        assert_eq!(missing.to_string(), "error[S001]: cannot read /no/such.toml: there is no such file");
        assert!(!missing.content);
        let directory = Sources::read_file(Path::new("/")).expect_err("a directory");
        assert_eq!(
            directory.to_string(),
            "error[S001]: cannot read /: it is a directory, not a scenario file"
        );
    }

    #[test]
    fn text_that_is_none() {
        assert_eq!(refusal("empty", b" \n\n"), "error[S004]: FILE is empty");
        let bad = "error[S002]: FILE is not UTF-8 text: bad byte at offset 9 (line 2, column 4); it looks like Latin-1 or Windows-1252, where this byte is `é`: save it as UTF-8";
        assert_eq!(refusal("latin", b"a = 1\nb =\xe9"), bad);
        let utf16 = "error[S002]: FILE is not UTF-8 text: it looks like UTF-16 from its first bytes on (line 1): save it as UTF-8";
        assert_eq!(refusal("utf16", b"\xff\xfea\0"), utf16);
        assert_eq!(refusal("unmarked", b"k\0i\0n\0d\0,\0"), utf16);
    }

    #[test]
    fn a_large_file_is_refused_by_its_length_and_an_endless_one_after_the_limit() {
        let path = file("large", b"");
        std::fs::File::options()
            .write(true)
            .open(&path)
            .and_then(|f| f.set_len(100 << 20))
            .expect("sparse file");
        let error = Sources::read_file(&path).expect_err("too large").to_string();
        std::fs::remove_file(&path).expect("it was written just now");
        assert!(error.contains("S003") && error.contains("104857600 bytes"), "{error}");
        if Path::new("/dev/zero").exists() {
            assert_eq!(Sources::read_file(Path::new("/dev/zero")).expect_err("endless").code, "S003");
        }
    }
}
