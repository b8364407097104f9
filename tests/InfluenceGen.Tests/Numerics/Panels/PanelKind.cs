namespace InfluenceGen.Tests.Numerics.Panels;

/// <summary>How the numbers of examples may lie.</summary>
internal enum PanelKind
{
    Number,
    Numbers,
    Row,
    Rows,
    Gathered,
}
