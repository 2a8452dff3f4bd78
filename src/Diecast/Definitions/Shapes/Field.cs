using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>Whether a key has to be given.</summary>
internal enum Presence
{
    /// <summary>It has a default.</summary>
    Optional,

    /// <summary>It has none.</summary>
    Required,
}

/// <summary>One key of a record: how its value is read, set, printed, compared and checked.</summary>
internal sealed class Field<TRecord>
{
    /// <summary>The key: the property's name with a small first letter.</summary>
    internal required string Key { get; init; }

    /// <summary>The property's name.</summary>
    internal required string Property { get; init; }

    internal required Shape Shape { get; init; }

    internal required Presence Presence { get; init; }

    /// <summary>Whether the value has no part in the image's bytes, so that it does not change the digest.</summary>
    internal bool IsOutsideIdentity { get; init; }

    internal required Func<TRecord, YamlNode, string, Binder, TRecord> Bind { get; init; }

    /// <summary>The value as YAML; null when it is unset.</summary>
    internal required Func<TRecord, PrintMode, YamlNode?> Print { get; init; }

    internal required Func<TRecord, TRecord, bool> IsSame { get; init; }

    internal required Action<TRecord, string, Problems> Check { get; init; }

    /// <summary>The meaning: the property's documentation.</summary>
    internal string Text => ModelText.Of($"{typeof(TRecord).Name}.{Property}");

    internal Field<TRecord> OutsideIdentity() => new()
    {
        Key = Key,
        Property = Property,
        Shape = Shape,
        Presence = Presence,
        IsOutsideIdentity = true,
        Bind = Bind,
        Print = Print,
        IsSame = IsSame,
        Check = Check,
    };
}

/// <summary>Makes fields.</summary>
internal static class Field
{
    /// <summary>A key with a default.</summary>
    internal static Field<TRecord> Of<TRecord, TValue>(
        string property, Shape<TValue> shape, Func<TRecord, TValue> get, Func<TRecord, TValue, TRecord> set) =>
        Make(property, shape, Presence.Optional, get, set);

    /// <summary>A key that has to be given.</summary>
    internal static Field<TRecord> Required<TRecord, TValue>(
        string property, Shape<TValue> shape, Func<TRecord, TValue> get, Func<TRecord, TValue, TRecord> set) =>
        Make(property, shape, Presence.Required, get, set);

    /// <summary>A key whose value may be unset, of a reference type.</summary>
    internal static Field<TRecord> Optional<TRecord, TValue>(
        string property, Shape<TValue> shape, Func<TRecord, TValue?> get, Func<TRecord, TValue?, TRecord> set)
        where TValue : class => new()
        {
            Key = KeyOf(property),
            Property = property,
            Shape = shape,
            Presence = Presence.Optional,
            Bind = (record, node, path, binder) => set(record, shape.Bind(node, path, binder)),
            Print = (record, mode) => get(record) is { } value ? shape.Print(value, mode) : null,
            IsSame = (a, b) => EqualityComparer<TValue?>.Default.Equals(get(a), get(b)),
            Check = (record, path, problems) =>
            {
                if (get(record) is { } value)
                    shape.Check(value, path, problems);
            },
        };

    /// <summary>A key whose value may be unset, of a value type.</summary>
    internal static Field<TRecord> OptionalValue<TRecord, TValue>(
        string property, Shape<TValue> shape, Func<TRecord, TValue?> get, Func<TRecord, TValue?, TRecord> set)
        where TValue : struct => new()
        {
            Key = KeyOf(property),
            Property = property,
            Shape = shape,
            Presence = Presence.Optional,
            Bind = (record, node, path, binder) => set(record, shape.Bind(node, path, binder)),
            Print = (record, mode) => get(record) is { } value ? shape.Print(value, mode) : null,
            IsSame = (a, b) => EqualityComparer<TValue?>.Default.Equals(get(a), get(b)),
            Check = (record, path, problems) =>
            {
                if (get(record) is { } value)
                    shape.Check(value, path, problems);
            },
        };

    private static Field<TRecord> Make<TRecord, TValue>(
        string property, Shape<TValue> shape, Presence presence, Func<TRecord, TValue> get, Func<TRecord, TValue, TRecord> set) => new()
        {
            Key = KeyOf(property),
            Property = property,
            Shape = shape,
            Presence = presence,
            Bind = (record, node, path, binder) => set(record, shape.Bind(node, path, binder)),
            Print = (record, mode) => shape.Print(get(record), mode),
            IsSame = (a, b) => EqualityComparer<TValue>.Default.Equals(get(a), get(b)),
            Check = (record, path, problems) => shape.Check(get(record), path, problems),
        };

    private static string KeyOf(string property) => char.ToLowerInvariant(property[0]) + property[1..];
}
