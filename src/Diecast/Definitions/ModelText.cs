namespace Diecast.Definitions;

internal static class ModelText
{
    internal static string Of(string member) => member;
}
