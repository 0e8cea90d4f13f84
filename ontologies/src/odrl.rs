//! ODRL: policies, permissions and their constraints.

vocabulary! {
    "http://www.w3.org/ns/odrl/2/";
    /// A policy.
    POLICY = "Policy";
    /// A policy that binds nobody by name.
    SET = "Set";
    /// A policy offered to whoever accepts.
    OFFER = "Offer";
    /// A policy agreed between parties.
    AGREEMENT = "Agreement";
    /// A rule that permits.
    PERMISSION_CLASS = "Permission";
    /// A rule that forbids.
    PROHIBITION_CLASS = "Prohibition";
    /// A rule that obliges.
    DUTY_CLASS = "Duty";
    /// A condition on a rule.
    CONSTRAINT_CLASS = "Constraint";
    /// What a rule is about.
    ASSET = "Asset";
    /// Whom a rule concerns.
    PARTY = "Party";
    /// Links an asset to a policy over it.
    HAS_POLICY = "hasPolicy";
    /// Links a policy to a permission.
    PERMISSION = "permission";
    /// Links a policy to a prohibition.
    PROHIBITION = "prohibition";
    /// Links a policy to an obligation.
    OBLIGATION = "obligation";
    /// Links a permission to a duty.
    DUTY = "duty";
    /// Links a rule to its asset.
    TARGET = "target";
    /// Links a rule to who may, must not or must.
    ASSIGNEE = "assignee";
    /// Links a rule to who grants it.
    ASSIGNER = "assigner";
    /// Links a rule to its action.
    ACTION = "action";
    /// Links a rule to a condition.
    CONSTRAINT = "constraint";
    /// What a condition compares.
    LEFT_OPERAND = "leftOperand";
    /// How a condition compares.
    OPERATOR = "operator";
    /// What a condition compares with.
    RIGHT_OPERAND = "rightOperand";
    /// What wins when rules conflict.
    CONFLICT = "conflict";
    /// The profile a policy follows.
    PROFILE = "profile";
    /// The purpose of use, as an operand.
    PURPOSE = "purpose";
    /// To use, as an action.
    USE = "use";
    /// To read, as an action.
    READ = "read";
    /// To change, as an action.
    MODIFY = "modify";
    /// To delete, as an action.
    DELETE = "delete";
    /// To aggregate, as an action.
    AGGREGATE = "aggregate";
    /// To anonymise, as an action.
    ANONYMIZE = "anonymize";
    /// To derive, as an action.
    DERIVE = "derive";
    /// Equal to.
    EQ = "eq";
    /// Not equal to.
    NEQ = "neq";
    /// Is one of.
    IS_ANY_OF = "isAnyOf";
    /// Is none of.
    IS_NONE_OF = "isNoneOf";
    /// Less than or equal to.
    LTEQ = "lteq";
    /// Greater than or equal to.
    GTEQ = "gteq";
}
