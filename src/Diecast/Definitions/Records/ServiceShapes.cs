using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How services are written.</summary>
internal static class ServiceShapes
{
    internal static readonly RecordShape<EnabledUnit> Enabled = new("a unit", () => new EnabledUnit(""),
        [Field.Required(nameof(EnabledUnit.Unit), Texts.Unit, (EnabledUnit s) => s.Unit, (s, v) => s with { Unit = v })])
    { Shorthand = "unit", IsAlwaysShort = true };

    internal static readonly RecordShape<DisabledUnit> Disabled = new("a unit", () => new DisabledUnit(""),
        [Field.Required(nameof(DisabledUnit.Unit), Texts.Unit, (DisabledUnit s) => s.Unit, (s, v) => s with { Unit = v })])
    { Shorthand = "unit", IsAlwaysShort = true };

    internal static readonly RecordShape<MaskedUnit> Masked = new("a unit", () => new MaskedUnit(""),
        [Field.Required(nameof(MaskedUnit.Unit), Texts.Unit, (MaskedUnit s) => s.Unit, (s, v) => s with { Unit = v })])
    { Shorthand = "unit", IsAlwaysShort = true };

    internal static readonly RecordShape<SerialGetty> Getty = new("a serial line", () => new SerialGetty(""),
        [Field.Required(nameof(SerialGetty.Line), Texts.SerialLine, (SerialGetty s) => s.Line, (s, v) => s with { Line = v })])
    { Shorthand = "line", IsAlwaysShort = true };

    internal static readonly UnionShape<Service> Service = new("a service", new EnabledUnit(""),
    [
        new UnionCase<Service, EnabledUnit>("enable", Enabled),
        new UnionCase<Service, DisabledUnit>("disable", Disabled),
        new UnionCase<Service, MaskedUnit>("mask", Masked),
        new UnionCase<Service, SerialGetty>("getty", Getty),
    ])
    { Shorthand = "enable" };
}
