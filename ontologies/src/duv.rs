//! DUV: how datasets are used and what users say.

vocabulary! {
    "http://www.w3.org/ns/duv#";
    /// A use of data.
    USAGE = "Usage";
    /// A tool that uses data.
    USAGE_TOOL = "UsageTool";
    /// What a user says about data.
    USER_FEEDBACK = "UserFeedback";
    /// A rating.
    RATING_FEEDBACK = "RatingFeedback";
    /// Links data to a use of it.
    HAS_USAGE = "hasUsage";
    /// Links data to a tool that uses it.
    HAS_USAGE_TOOL = "hasUsageTool";
    /// Links data to feedback.
    HAS_FEEDBACK = "hasFeedback";
    /// Links feedback to its rating.
    HAS_RATING = "hasRating";
    /// Links data to who distributes it.
    HAS_DISTRIBUTOR = "hasDistributor";
    /// Links a use to what it refers to.
    REFERS_TO = "refersTo";
}
