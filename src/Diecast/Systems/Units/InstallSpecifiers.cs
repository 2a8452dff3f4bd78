using System.Text;

namespace Diecast.Systems.Units;

/// <summary>Specifiers in [Install] (systemd.unit(5), "Specifiers"): those that follow from the unit's name.</summary>
internal static class InstallSpecifiers
{
    /// <summary>Expands a text, or gives null when a specifier depends on the machine that runs.</summary>
    internal static string? Expand(string text, UnitName name, string? defaultInstance)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        UnitName self = name.IsTemplate && defaultInstance is not null ? name.WithInstance(defaultInstance) : name;
        var expanded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
                continue;
            }

            i++;
            string? value = text[i] switch
            {
                '%' => "%",
                'i' => self.Instance ?? "",
                'j' => self.Prefix[(self.Prefix.LastIndexOf('-') + 1)..],
                'n' => self.Text,
                'N' => self.Stem,
                'p' => self.Prefix,
                _ => null,
            };
            if (value is null)
                return null;
            expanded.Append(value);
        }

        return expanded.ToString();
    }
}
