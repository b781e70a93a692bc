"""Great Expectations suites: what data must look like to pass a gate."""
