//! ORG: organisations, teams and membership.

vocabulary! {
    "http://www.w3.org/ns/org#";
    /// An organisation.
    ORGANIZATION_CLASS = "Organization";
    /// An organisation recognised by law.
    FORMAL_ORGANIZATION = "FormalOrganization";
    /// A unit of an organisation: a department or a team.
    ORGANIZATIONAL_UNIT = "OrganizationalUnit";
    /// A membership described on its own.
    MEMBERSHIP = "Membership";
    /// A role in an organisation.
    ROLE_CLASS = "Role";
    /// Links an agent to an organisation.
    MEMBER_OF = "memberOf";
    /// Links an organisation to a member.
    HAS_MEMBER = "hasMember";
    /// Links an agent to a membership.
    HAS_MEMBERSHIP = "hasMembership";
    /// The agent of a membership.
    MEMBER = "member";
    /// Links a unit to its organisation.
    UNIT_OF = "unitOf";
    /// Links an organisation to a unit.
    HAS_UNIT = "hasUnit";
    /// Links an organisation to a larger one.
    SUB_ORGANIZATION_OF = "subOrganizationOf";
    /// The id of an organisation.
    IDENTIFIER = "identifier";
}
