using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>A value written as one YAML scalar, which is read as text.</summary>
internal abstract class ScalarShape<T> : Shape<T>
{
    /// <summary>The rule, as a clause.</summary>
    internal abstract string Rule { get; }

    internal sealed override T Bind(YamlNode node, string path, Binder binder)
    {
        binder.Place(path, node);
        if (node is not YamlScalar scalar)
        {
            binder.Unreadable(node, path, $"{node.Kind} where {Noun} belongs", null, Rule, $"write {Noun} in its place");
            return Placeholder;
        }

        if (TryParse(scalar.Text, out T value))
            return Localize(value, scalar, binder);
        binder.Unreadable(node, path, $"not {Noun}", scalar.Text, Rule, Fix(scalar.Text));
        return Placeholder;
    }

    internal sealed override YamlNode Print(T value, PrintMode mode) => new YamlScalar(null, Format(value));

    internal override void Check(T value, string path, Problems problems)
    {
    }

    private protected abstract bool TryParse(string text, out T value);

    private protected abstract string Format(T value);

    /// <summary>What to do about a text that is no such value.</summary>
    private protected virtual string Fix(string text) => $"give {Noun}";

    /// <summary>Adapts a value to where it is written.</summary>
    private protected virtual T Localize(T value, YamlScalar scalar, Binder binder) => value;
}
