//! PROV-O: what came from what, when, and by whom.

vocabulary! {
    "http://www.w3.org/ns/prov#";
    /// A thing whose provenance is described.
    ENTITY_CLASS = "Entity";
    /// Something that happens over time and acts on entities.
    ACTIVITY = "Activity";
    /// Someone or something that bears responsibility.
    AGENT_CLASS = "Agent";
    /// A person, as an agent.
    PERSON = "Person";
    /// An organisation, as an agent.
    ORGANIZATION = "Organization";
    /// A running program, as an agent.
    SOFTWARE_AGENT = "SoftwareAgent";
    /// What an activity follows: a job, a query, a formula.
    PLAN = "Plan";
    /// A named set of provenance statements.
    BUNDLE = "Bundle";
    /// An attribution described on its own.
    ATTRIBUTION = "Attribution";
    /// A derivation described on its own.
    DERIVATION = "Derivation";
    /// An association described on its own.
    ASSOCIATION = "Association";
    /// A use described on its own.
    USAGE = "Usage";
    /// A role in an activity or attribution.
    ROLE = "Role";
    /// Links an entity to one it was made from; the edge of lineage.
    WAS_DERIVED_FROM = "wasDerivedFrom";
    /// Links an entity to its primary source.
    HAD_PRIMARY_SOURCE = "hadPrimarySource";
    /// Links an entity to the one it revises.
    WAS_REVISION_OF = "wasRevisionOf";
    /// Links an entity to a more general one.
    SPECIALIZATION_OF = "specializationOf";
    /// Links two entities that present aspects of one thing.
    ALTERNATE_OF = "alternateOf";
    /// Links an entity to the activity that made it.
    WAS_GENERATED_BY = "wasGeneratedBy";
    /// Links an entity to an agent that bears responsibility for it.
    WAS_ATTRIBUTED_TO = "wasAttributedTo";
    /// Links an activity to an agent responsible for it.
    WAS_ASSOCIATED_WITH = "wasAssociatedWith";
    /// Links an agent to the one it acted for.
    ACTED_ON_BEHALF_OF = "actedOnBehalfOf";
    /// Links an activity to one whose output it used.
    WAS_INFORMED_BY = "wasInformedBy";
    /// Links an activity to an entity it used.
    USED = "used";
    /// Links an entity to an attribution.
    QUALIFIED_ATTRIBUTION = "qualifiedAttribution";
    /// Links an entity to a derivation.
    QUALIFIED_DERIVATION = "qualifiedDerivation";
    /// Links an activity to an association.
    QUALIFIED_ASSOCIATION = "qualifiedAssociation";
    /// Links an activity to a use.
    QUALIFIED_USAGE = "qualifiedUsage";
    /// The agent of an attribution or association.
    AGENT_PROPERTY = "agent";
    /// The entity of a derivation or use.
    ENTITY_PROPERTY = "entity";
    /// The role of an agent or entity in an activity.
    HAD_ROLE = "hadRole";
    /// The plan of an association.
    HAD_PLAN = "hadPlan";
    /// The activity of a derivation.
    HAD_ACTIVITY = "hadActivity";
    /// A member of a collection.
    HAD_MEMBER = "hadMember";
    /// When an entity was made.
    GENERATED_AT_TIME = "generatedAtTime";
    /// When an entity ceased to be.
    INVALIDATED_AT_TIME = "invalidatedAtTime";
    /// When an activity began.
    STARTED_AT_TIME = "startedAtTime";
    /// When an activity ended.
    ENDED_AT_TIME = "endedAtTime";
    /// When something happened.
    AT_TIME = "atTime";
    /// The value of an entity.
    VALUE = "value";
}
