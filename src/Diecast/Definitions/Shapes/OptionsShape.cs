namespace Diecast.Definitions.Shapes;

/// <summary>A format's options: a map of names that are the format's business to texts.</summary>
/// <remarks>Which options there are, and what they may be, depends on the format: the image's rules look at that.</remarks>
internal sealed class OptionsShape : MapShape<FormatOption>
{
    internal OptionsShape()
        : base("options", "{cluster_size: 128k}", (name, value) => new FormatOption(name, value), option => option.Name, option => option.Value) =>
        ItemNoun = "an option's value";
}
