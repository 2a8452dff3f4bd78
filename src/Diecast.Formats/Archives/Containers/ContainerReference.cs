namespace Diecast.Formats.Archives;

/// <summary>The name that a container image goes by, as in <c>server:latest</c> or <c>registry.example.org/team/server:1.0</c>.</summary>
/// <param name="Repository">The name without its tag.</param>
/// <param name="Tag">The tag.</param>
public sealed record ContainerReference(string Repository, string Tag)
{
    /// <summary>Name and tag with a colon between them.</summary>
    public override string ToString() => $"{Repository}:{Tag}";

    /// <summary>
    /// The name with a registry and a path, which Docker adds where they are missing (distribution's reference package): a
    /// first part with a dot, a colon or of the word localhost is a registry.
    /// </summary>
    internal string FullName
    {
        get
        {
            int slash = Repository.IndexOf('/', StringComparison.Ordinal);
            string first = slash < 0 ? "" : Repository[..slash];
            bool hasRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
            string full = hasRegistry ? Repository : slash < 0 ? "docker.io/library/" + Repository : "docker.io/" + Repository;
            return $"{full}:{Tag}";
        }
    }
}
