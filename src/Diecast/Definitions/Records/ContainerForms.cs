using System.Text.RegularExpressions;

namespace Diecast.Definitions.Records;

/// <summary>The forms of texts of container images; see <see cref="Forms"/> for what they keep to.</summary>
internal static class ContainerForms
{
    private const string Part = @"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*";
    private const string Registry = @"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?";

    internal const string Repository = "(" + Registry + "/)?" + Part + "(/" + Part + ")*";
    internal const string Tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
    internal const string Reference = "(" + Repository + ":)?" + Tag + "|" + Repository;
    internal const string User = @"[^:\s]+(:[^:\s]+)?";
    internal const string Port = "[0-9]{1,5}(/(tcp|udp|sctp))?";
    internal const string Signal = @"(SIG)?[A-Z][A-Z0-9]*([+-][0-9]{1,2})?|[1-9][0-9]?";
    internal const string Platform = @"[a-z0-9]+(/v[0-9]+(\.[0-9]+)?)?";
    internal const string WslName = "[A-Za-z0-9][A-Za-z0-9._-]*";

    private const string Start = "^(?:";
    private const string End = @")\z";
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    internal static readonly Regex RepositoryForm = new(Start + Repository + End, Options);
    internal static readonly Regex TagForm = new(Start + Tag + End, Options);
    internal static readonly Regex ReferenceForm = new(Start + Reference + End, Options);
    internal static readonly Regex UserForm = new(Start + User + End, Options);
    internal static readonly Regex PortForm = new(Start + Port + End, Options);
    internal static readonly Regex SignalForm = new(Start + Signal + End, Options);
    internal static readonly Regex PlatformForm = new(Start + Platform + End, Options);
    internal static readonly Regex WslNameForm = new(Start + WslName + End, Options);
}
